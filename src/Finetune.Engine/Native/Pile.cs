namespace Finetune.Engine.Native;

/// <summary>
/// Pieces of work of different sizes, dealt out one by one to whoever is free. Nothing may depend on who took which.
/// </summary>
internal sealed class Pile
{
    private readonly long _count;
    private long _taken = -1;

    private Pile(long count) => _count = count;

    /// <summary>Runs all pieces on a <see cref="Team"/>.</summary>
    /// <param name="count">How many there are; the largest should come first.</param>
    /// <param name="values">Values that are worked on in all.</param>
    /// <param name="body">Takes pieces until there are none; runs once a thread and must not throw.</param>
    public static void Run(long count, long values, Action<Pile> body)
    {
        var pile = new Pile(count);
        var threads = Math.Min(count, TorchSharp.torch.get_num_threads());
        Team.Run(threads, values / Math.Max(1, threads), (_, _) => body(pile));
    }

    /// <summary>Takes the next.</summary>
    /// <param name="piece">Its number.</param>
    /// <returns>False where none is left.</returns>
    public bool Take(out long piece)
    {
        piece = Interlocked.Increment(ref _taken);
        return piece < _count;
    }
}
