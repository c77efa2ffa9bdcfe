namespace Finetune.Engine.Models.Parts;

/// <summary>How rotary position frequencies are made.</summary>
public enum RopeKind
{
    Default,
    Linear,
    Dynamic,
    Llama3,
    Yarn,
    LongRope,
}

/// <summary>Rotary position embedding: its base, how much of a head it turns, its scaling.</summary>
/// <param name="Kind">The scaling.</param>
/// <param name="Theta">The base of the frequencies.</param>
public sealed record RopeOptions(RopeKind Kind, double Theta)
{
    /// <summary>Leading values of a head that are turned; an even number.</summary>
    public int Dimensions { get; init; }

    /// <summary>Neighbours <c>x[2i]</c>, <c>x[2i+1]</c> are turned as pairs instead of <c>x[i]</c>, <c>x[i+d/2]</c>.</summary>
    public bool Interleaved { get; init; }

    /// <summary>By how much positions are stretched.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>llama3: wavelengths above original / low are stretched whole.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>llama3: wavelengths below original / high stay.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>The length the model was first trained for.</summary>
    public int OriginalPositions { get; init; }

    /// <summary>yarn: more turns than this within the original length stay.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>yarn: fewer turns than this are stretched whole.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>yarn: the ramp's ends are whole numbers.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>yarn, longrope: factor of cosines and sines.</summary>
    public double AttentionFactor { get; init; } = 1;

    /// <summary>longrope: divisors of the frequencies of sequences within the original length.</summary>
    public Divisors? Short { get; init; }

    /// <summary>longrope: divisors of the frequencies of longer ones.</summary>
    public Divisors? Long { get; init; }

    /// <summary>Whether frequencies depend on how long a sequence is.</summary>
    public bool ByLength => Kind is RopeKind.Dynamic or RopeKind.LongRope;

    /// <summary>Whether keys already made have to be made again when a sequence outgrows the original length.</summary>
    public bool Outgrown(int length) => Kind == RopeKind.LongRope && length > OriginalPositions;

    /// <summary>One number a pair.</summary>
    /// <param name="Values">In order.</param>
    public sealed record Divisors(IReadOnlyList<float> Values);
}
