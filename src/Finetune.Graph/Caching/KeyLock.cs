namespace Finetune.Graph.Caching;

/// <summary>A lock between processes, held by the operating system and so never stale.</summary>
public sealed class KeyLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private KeyLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns null when another process has it.</summary>
    public static KeyLock? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new KeyLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
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
