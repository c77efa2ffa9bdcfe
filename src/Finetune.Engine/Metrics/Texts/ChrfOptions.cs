namespace Finetune.Engine.Metrics.Texts;

/// <summary>The options of sacreBLEU's CHRF class, with its defaults.</summary>
public sealed record ChrfOptions
{
    /// <summary>Longest n-gram of characters.</summary>
    public int CharOrder { get; init; } = 6;

    /// <summary>Longest n-gram of words; 2 is chrF++.</summary>
    public int WordOrder { get; init; }

    /// <summary>How many times recall weighs what precision does.</summary>
    public double Beta { get; init; } = 2;

    /// <summary>Compare in lower case.</summary>
    public bool Lowercase { get; init; }

    /// <summary>White space counts as characters.</summary>
    public bool Whitespace { get; init; }

    /// <summary>The mean of the F's of all orders, as chrF++.py, Moses and NLTK have it.</summary>
    public bool EpsSmoothing { get; init; }
}
