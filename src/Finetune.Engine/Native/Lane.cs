using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>
/// A thread beside the caller's, for work that is too narrow to be shared out product by product. Where one thread was
/// asked for or is all there is, or each product already runs on several, the caller does both, one after the other: on one
/// thread or two, what comes out is the same.
/// </summary>
internal sealed class Lane : IDisposable
{
    private readonly SemaphoreSlim _begin = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread? _thread;
    private Action? _work;
    private ExceptionDispatchInfo? _fault;

    /// <summary>Starts it.</summary>
    public Lane()
    {
        if (Threads.Most > 1 && get_num_threads() == 1)
        {
            // What a large pass needs of the stack is not little: as much as the main thread has.
            _thread = new Thread(Work, 8 << 20) { IsBackground = true, Name = nameof(Lane) };
            _thread.Start();
        }
    }

    /// <summary>Runs both to their ends.</summary>
    /// <param name="here">By the caller's thread.</param>
    /// <param name="beside">By the other.</param>
    public void Run(Action here, Action beside)
    {
        if (_thread is null)
        {
            here();
            beside();
            return;
        }

        (_work, _fault) = (beside, null);
        _begin.Release();
        try
        {
            here();
        }
        finally
        {
            _done.Wait();
        }

        _fault?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _work = null;
        _begin.Release();
        _thread?.Join();
        _begin.Dispose();
        _done.Dispose();
    }

    private void Work()
    {
        // Each thread has a number of its own, also in the matrix library.
        set_num_threads(1);
        while (true)
        {
            _begin.Wait();
            if (_work is not { } work)
            {
                return;
            }

            try
            {
                work();
            }
            catch (Exception e)
            {
                _fault = ExceptionDispatchInfo.Capture(e);
            }

            _done.Release();
        }
    }
}
