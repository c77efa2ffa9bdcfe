namespace Finetune.Engine.Metrics.Texts;

/// <summary>The options of sacreBLEU's BLEU class, with its defaults.</summary>
public sealed record BleuOptions
{
    /// <summary>The names of smoothing methods (Chen and Cherry 2014), the default first.</summary>
    public static IReadOnlyList<string> SmoothMethods { get; } = ["exp", "floor", "add-k", "none"];

    /// <summary>The names of tokenizers, the default first.</summary>
    public static IEnumerable<string> Tokenizers => BleuTokenizers.Names;

    /// <summary>Compare in lower case.</summary>
    public bool Lowercase { get; init; }

    /// <summary>One of <see cref="Tokenizers"/>.</summary>
    public string Tokenize { get; init; } = "13a";

    /// <summary>One of <see cref="SmoothMethods"/>.</summary>
    public string SmoothMethod { get; init; } = "exp";

    /// <summary>For floor (0.1) and add-k (1).</summary>
    public double? SmoothValue { get; init; }

    /// <summary>Longest n-gram.</summary>
    public int MaxOrder { get; init; } = 4;

    /// <summary>Stop at the first order that a text is too short for: meant for single sentences.</summary>
    public bool EffectiveOrder { get; init; }
}
