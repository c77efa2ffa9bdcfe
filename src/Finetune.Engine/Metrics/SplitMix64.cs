namespace Finetune.Engine.Metrics;

/// <summary>
/// The generator of Steele, Lea and Flood (2014): the same numbers from the same seed on every platform and in every
/// version, which <see cref="Random"/> does not promise.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A whole number from 0 to below the bound; unbiased (Lemire 2019).</summary>
    /// <param name="bound">Above 0.</param>
    public int Below(int bound)
    {
        var limit = (ulong)bound;
        var product = Math.BigMul(Next(), limit, out var low);
        if (low < limit)
        {
            var threshold = (0 - limit) % limit;
            while (low < threshold)
            {
                product = Math.BigMul(Next(), limit, out low);
            }
        }

        return (int)product;
    }
}
