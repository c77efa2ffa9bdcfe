namespace Finetune.Engine.Metrics.Texts;

/// <summary>The options of sacreBLEU's TER class, with its defaults.</summary>
public sealed record TerOptions
{
    /// <summary>Split punctuation off, unescape entities.</summary>
    public bool Normalized { get; init; }

    /// <summary>Delete <c>. , ? : ; ! " ( )</c>.</summary>
    public bool NoPunct { get; init; }

    /// <summary>Treat Chinese and Japanese signs as well, where one of the two above is set.</summary>
    public bool AsianSupport { get; init; }

    /// <summary>Leave capitals as they are.</summary>
    public bool CaseSensitive { get; init; }
}
