using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models.Managed;

/// <summary>A decoder layer by where its numbers lie. A norm that is null does not exist.</summary>
internal sealed record ManagedLayer(
    int Index,
    ManagedNorm? BeforeAttention,
    ManagedLinear Query,
    ManagedLinear Key,
    ManagedLinear Value,
    ManagedNorm? QueryNorm,
    ManagedNorm? KeyNorm,
    ManagedRope? Rope,
    ManagedLinear Output,
    ManagedNorm? AfterAttention,
    ManagedNorm? BeforeMlp,
    ManagedLinear? Gate,
    ManagedLinear Up,
    ManagedLinear Down,
    ManagedNorm? AfterMlp
)
{
    /// <summary>Factor of the scores.</summary>
    public required float Scale { get; init; }

    /// <summary>Scores are bent to stay within this; null for straight.</summary>
    public float? Cap { get; init; }

    /// <summary>Tokens that a token sees, itself included; null for all.</summary>
    public int? Window { get; init; }

    /// <summary>The non-linear function of the feed-forward part.</summary>
    public required Activation Activation { get; init; }
}
