namespace Finetune.Engine.Training.Preference;

/// <summary>How two completions of one prompt are compared.</summary>
public enum PreferenceKind
{
    /// <summary>DPO: <c>-log s(beta D)</c> (Rafailov et al. 2023, arXiv 2305.18290).</summary>
    Sigmoid,

    /// <summary><c>max(0, 1 - beta D)</c> (SLiC, Zhao et al. 2023, arXiv 2305.10425).</summary>
    Hinge,

    /// <summary>IPO, over means of log-probabilities: <c>(D - 1 / (2 beta))^2</c> (Azar et al. 2023, arXiv 2310.12036).
    /// </summary>
    Ipo,

    /// <summary>DPO for labels that are wrong with a known probability, unbiased (Chowdhury et al. 2024, arXiv 2403.00409).
    /// </summary>
    Robust,

    /// <summary>Conservative DPO: the label is the other one with a known probability (Mitchell 2023).</summary>
    Cdpo,

    /// <summary>CPO, without a reference (Xu et al. 2024, arXiv 2401.08417).</summary>
    Cpo,

    /// <summary>SimPO, over means of log-probabilities, without a reference (Meng et al. 2024, arXiv 2405.14734).</summary>
    Simpo,

    /// <summary>ORPO: the log of the odds ratio, without a reference (Hong et al. 2024, arXiv 2403.07691).</summary>
    Orpo,
}

/// <summary>A preference loss and its constants.</summary>
/// <param name="Kind">The loss.</param>
/// <param name="Beta">How strongly completions are told apart; above 0.</param>
public sealed record PreferenceOptions(PreferenceKind Kind, double Beta)
{
    /// <summary>Of robust and cdpo: the share of wrong labels, from 0 to below 0.5.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Of SimPO: the margin that is wanted.</summary>
    public double Gamma { get; init; }

    /// <summary>Times the mean of <c>-log p</c> over the step's tokens of chosen completions, added to the loss. ORPO has
    /// its own such term, over prompt and completion, and none of this.</summary>
    public double NllWeight { get; init; }

    /// <summary>Whether a reference model's log-probabilities are part of the loss.</summary>
    public bool HasReference => Kind is not (PreferenceKind.Cpo or PreferenceKind.Simpo or PreferenceKind.Orpo);

    /// <summary>Times the mean of <c>-log p</c> over tokens of the chosen side.</summary>
    internal double AllNll => Kind == PreferenceKind.Orpo ? 1 : NllWeight;
}
