namespace Finetune.Stages.Compilation.Binding;

/// <summary>The bounds of a number.</summary>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="AboveMinimum">Whether the smallest itself is outside.</param>
/// <param name="BelowMaximum">Whether the largest itself is outside.</param>
internal sealed record Bounds(
    double Minimum,
    double Maximum = double.PositiveInfinity,
    bool AboveMinimum = false,
    bool BelowMaximum = false
)
{
    /// <summary>0 to 1, both inside.</summary>
    public static Bounds Share { get; } = new(0, 1);

    /// <summary>0 or more.</summary>
    public static Bounds NotNegative { get; } = new(0);

    /// <summary>More than 0.</summary>
    public static Bounds Positive { get; } = new(0, AboveMinimum: true);

    /// <summary>More than 0, 1 at most.</summary>
    public static Bounds AboveZeroToOne { get; } = new(0, 1, AboveMinimum: true);

    /// <summary>More than 0, 1000 at most.</summary>
    public static Bounds ToThousand { get; } = new(0, 1000, AboveMinimum: true);

    /// <summary>1 or more.</summary>
    public static Bounds FromOne { get; } = new(1);

    /// <summary>The number of a layer: from 0.</summary>
    public static Bounds LayerNumber { get; } = new(0, 65535);

    /// <summary>So many layers: from 1.</summary>
    public static Bounds LayerCount { get; } = new(1, 65536);

    /// <summary>From 0 to below 1.</summary>
    public static Bounds BelowOne { get; } = new(0, 1, BelowMaximum: true);

    /// <summary>From 0 to below 0.5.</summary>
    public static Bounds BelowHalf { get; } = new(0, 0.5, BelowMaximum: true);

    /// <summary>Whether a number is inside; infinity and NaN never are.</summary>
    public bool Contain(double number) =>
        double.IsFinite(number)
        && (AboveMinimum ? number > Minimum : number >= Minimum)
        && (BelowMaximum ? number < Maximum : number <= Maximum);

    /// <summary>The bounds as far as a number outside them needs to be told.</summary>
    public string Tell(double number)
    {
        if (Minimum == Maximum)
        {
            return Words.Of(Minimum);
        }

        var low = AboveMinimum ? $"more than {Words.Of(Minimum)}" : $"at least {Words.Of(Minimum)}";
        var high = BelowMaximum ? $"less than {Words.Of(Maximum)}" : $"at most {Words.Of(Maximum)}";

        // What a number must not exceed for the sake of 32 bits is of interest to who exceeds it only.
        return double.IsInfinity(Maximum) || (Maximum >= int.MaxValue && !(number > Maximum)) ? low
            : Maximum >= int.MaxValue ? high
            : $"{low} and {high}";
    }
}
