namespace Finetune.Engine.Training;

/// <summary>What a label costs besides -log p.</summary>
/// <param name="LabelSmoothing">e: <c>(1 - e) * -log p(label) + e/V * sum of -log p</c> over all V tokens.</param>
/// <param name="ZLoss">Times the square of the logits' logsumexp, added (PaLM, Chowdhery et al. 2022).</param>
public sealed record LossOptions(double LabelSmoothing = 0, double ZLoss = 0)
{
    /// <summary>-log p alone.</summary>
    public static LossOptions Plain { get; } = new();

    /// <summary>Whether it is -log p alone.</summary>
    public bool IsPlain => LabelSmoothing == 0 && ZLoss == 0;
}
