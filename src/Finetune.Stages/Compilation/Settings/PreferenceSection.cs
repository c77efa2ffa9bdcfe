using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>How a better and a worse completion of one prompt are compared.</summary>
public sealed record PreferenceSection
{
    /// <summary>The loss: dpo, hinge (SLiC), ipo, robust and cdpo (labels that may be wrong), all against the model the stage starts from; cpo, simpo and orpo need no such reference.</summary>
    [Words("dpo", "hinge", "ipo", "robust", "cdpo", "cpo", "simpo", "orpo")]
    [Example("\"dpo\"")]
    public string Loss { get; init; } = "dpo";

    /// <summary>How strongly the two are told apart; for DPO and its kind, the pull back to the reference. Default: 0.1; 2 for simpo.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("0.1")]
    public double? Beta { get; init; }

    /// <summary>Of robust and cdpo: the share of labels that are wrong. Default: 0.</summary>
    [Bounds(0, 0.5, BelowMaximum = true)]
    [Example("0.1")]
    public double? LabelSmoothing { get; init; }

    /// <summary>Of simpo: the margin that is wanted. Default: 0.5.</summary>
    [Bounds(0, double.PositiveInfinity)]
    [Example("0.5")]
    public double? Gamma { get; init; }

    /// <summary>Times the cross-entropy on the better completion, added to the loss; orpo has its own. Default: 1 for cpo, else 0.</summary>
    [Bounds(0, double.PositiveInfinity)]
    [Example("0.5")]
    public double? NllWeight { get; init; }
}
