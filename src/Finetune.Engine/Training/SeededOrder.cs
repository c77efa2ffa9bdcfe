namespace Finetune.Engine.Training;

/// <summary>
/// The order of examples in an epoch: a permutation that depends on seed, epoch and count alone. Fisher-Yates from the
/// end; place i takes the bits of <see cref="CounterRandom"/> at (seed, epoch, i), reduced to 0..i by the high half of a
/// 64 x 64 product. Part of the contract: the same order in every version and on every platform.
/// </summary>
public static class SeededOrder
{
    /// <summary>Indices 0 to <paramref name="count"/> - 1, shuffled.</summary>
    /// <param name="count">Examples.</param>
    /// <param name="seed">The document's seed.</param>
    /// <param name="epoch">From 0.</param>
    public static int[] Of(int count, long seed, int epoch)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)Math.BigMul(CounterRandom.Bits(seed, (ulong)epoch, (ulong)i), (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
