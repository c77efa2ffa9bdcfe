namespace Finetune.Engine.Training;

/// <summary>
/// Random bits by seed and two counters, without state: nothing to save in a checkpoint, and no draw depends on another.
/// Each input is folded in by the finalizer of SplitMix64 (Steele, Lea and Flood 2014).
/// </summary>
public static class CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>64 bits.</summary>
    public static ulong Bits(long seed, ulong stream, ulong counter) =>
        Mix(Mix(Mix((ulong)seed + Golden) + (stream + 1) * Golden) + (counter + 1) * Golden);

    /// <summary>A number from 0 to below 1, a multiple of 2^-53.</summary>
    public static double Uniform(long seed, ulong stream, ulong counter) =>
        (Bits(seed, stream, counter) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
