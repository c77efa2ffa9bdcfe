using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>The optimizer.</summary>
public sealed record OptimizerSection
{
    /// <summary>The kind of optimizer. muon moves hidden matrices; embeddings, head and vectors go by adamw.</summary>
    [Words("adamw", "adamw_8bit", "adam", "adafactor", "sgd", "lion", "muon")]
    [Example("\"adamw\"")]
    public string Kind { get; init; } = "adamw";

    /// <summary>Decay of the first moment. Default: 0.9; none for adafactor.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.9")]
    public double? Beta1 { get; init; }

    /// <summary>Decay of the second moment. Default: 0.999; 0.99 for lion.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.999")]
    public double? Beta2 { get; init; }

    /// <summary>Added to the root of the second moment; in adafactor, to the squared gradient. Default: 1e-8; 1e-30 for adafactor.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("0.00000001")]
    public double? Epsilon { get; init; }

    /// <summary>Weight decay; not on norms and biases. Decoupled, but for adam and sgd, which add it to the gradient.</summary>
    [Bounds(0, double.PositiveInfinity)]
    [Example("0.01")]
    public double WeightDecay { get; init; }

    /// <summary>More weights without decay: parts of their names between dots, * for any text. Default: none.</summary>
    [NotEmpty]
    [Example("""["embed_tokens"]""")]
    public IReadOnlyList<string>? NoDecay { get; init; }

    /// <summary>sgd, muon: decay of the sum of gradients. Default: 0; 0.95 for muon.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.9")]
    public double? Momentum { get; init; }

    /// <summary>sgd, muon: whether it looks ahead by the momentum. Default: false; true for muon.</summary>
    [Example("true")]
    public bool? Nesterov { get; init; }

    /// <summary>sgd: the share of a gradient that is kept out of the momentum. Default: 0.</summary>
    [Bounds(0, 1)]
    [Example("0.1")]
    public double? Dampening { get; init; }

    /// <summary>adafactor: exponent of the step in the decay of squares. Default: -0.8.</summary>
    [Bounds(-10, 0, BelowMaximum = true)]
    [Example("-0.8")]
    public double? DecayRate { get; init; }

    /// <summary>adafactor: the largest root mean square of an update. Default: 1.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("1.0")]
    public double? ClipThreshold { get; init; }

    /// <summary>adafactor: whether the rate is times the weight's root mean square. Default: false.</summary>
    [Example("true")]
    public bool? ScaleParameter { get; init; }

    /// <summary>adafactor: whether the rate follows from the step, in place of learning_rate and schedule. Default: false.</summary>
    [Example("true")]
    public bool? RelativeStep { get; init; }

    /// <summary>adafactor with relative_step: whether the rate begins at 1e-6 a step. Default: false.</summary>
    [Example("true")]
    public bool? WarmupInit { get; init; }

    /// <summary>muon: rounds of Newton-Schulz. Default: 5.</summary>
    [Bounds(1, 100)]
    [Example("5")]
    public int? NsSteps { get; init; }

    /// <summary>muon: what an update's size is matched to: match_rms_adamw lets one learning rate fit both parts. Default: match_rms_adamw.</summary>
    [Words("match_rms_adamw", "original")]
    [Example("\"original\"")]
    public string? AdjustLr { get; init; }
}
