using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Caching;

/// <summary>A lock between processes, held by the operating system and so never stale.</summary>
public sealed class KeyLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private KeyLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns null when another process has it.</summary>
    /// <exception cref="PipelineException">It cannot be made at all; exit code 6.</exception>
    public static KeyLock? TryTake(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new KeyLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Waiting would never end: it is not another process that stands in the way.
            throw new PipelineException(
                new Diagnostic(
                    "FT6301",
                    $"the lock '{path}' cannot be made: {exception.Message}",
                    Cure: "name a cache folder that may be written, with --cache DIR"
                ),
                ExitCode.Lock
            );
        }
    }

    /// <summary>Waits until the lock is free and takes it.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="waiting">Called once when another process has it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<KeyLock> TakeAsync(string path, Action waiting, CancellationToken cancellationToken)
    {
        if (TryTake(path) is { } free)
        {
            return free;
        }

        waiting();
        while (true)
        {
            await Task.Delay(Pause, cancellationToken);
            if (TryTake(path) is { } taken)
            {
                return taken;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
