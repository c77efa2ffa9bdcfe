namespace Finetune.Engine.Models.Managed;

/// <summary>Work that falls into chunks which may run at the same time.</summary>
internal interface IChunkedWork
{
    /// <summary>Does one.</summary>
    void Run(int chunk);
}

/// <summary>
/// Shares the chunks of many short pieces of work, one piece after the other, without allocating. The caller works too
/// and waits for chunks that were begun only: where no other processor is free, it does everything itself.
/// </summary>
internal sealed class WorkTeam(int threads) : IThreadPoolWorkItem
{
    // How often a helper looks for the next piece before it goes home: some microseconds.
    private const int Patience = 200;
    private const int MostChunks = short.MaxValue;

    // Number of the piece, how many chunks it has, which is next: one word, so that a helper that comes late cannot take
    // a chunk of a piece that is over.
    private long _ticket;
    private int _done;
    private int _helpers;
    private IChunkedWork? _work;

    /// <summary>How many work at most.</summary>
    public int Threads { get; } = threads;

    /// <summary>Does all chunks of a piece of work.</summary>
    /// <param name="work">The piece.</param>
    /// <param name="chunks">At least one.</param>
    public void Run(IChunkedWork work, int chunks)
    {
        if (Threads == 1 || chunks == 1)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                work.Run(chunk);
            }

            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunks, MostChunks);
        _work = work;
        Volatile.Write(ref _done, 0);
        var piece = (int)(Volatile.Read(ref _ticket) >> 32) + 1;
        Interlocked.Exchange(ref _ticket, ((long)piece << 32) | ((long)chunks << 16));
        while (Volatile.Read(ref _helpers) < Math.Min(Threads, chunks) - 1)
        {
            Interlocked.Increment(ref _helpers);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        Help();
        var spin = new SpinWait();
        while (Volatile.Read(ref _done) < chunks)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        for (var idle = 0; idle < Patience; idle++)
        {
            idle = Help() ? 0 : idle;
            Thread.SpinWait(20);
        }

        Interlocked.Decrement(ref _helpers);
    }

    private bool Help()
    {
        var helped = false;
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket);
            var (chunk, chunks) = ((int)(ticket & 0xFFFF), (int)((ticket >> 16) & 0xFFFF));
            if (chunk >= chunks)
            {
                return helped;
            }

            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket)
            {
                _work!.Run(chunk);
                Interlocked.Increment(ref _done);
                helped = true;
            }
        }
    }
}
