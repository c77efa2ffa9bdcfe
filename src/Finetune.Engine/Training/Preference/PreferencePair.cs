namespace Finetune.Engine.Training.Preference;

/// <summary>Two completions of one prompt.</summary>
/// <param name="Chosen">The better one, with its prompt; loss falls on its completion.</param>
/// <param name="Rejected">The worse one.</param>
public sealed record PreferencePair(TrainingExample Chosen, TrainingExample Rejected)
{
    /// <summary>What the reference model makes of them; zero where the loss has none.</summary>
    public PairSums Reference { get; init; }

    /// <summary>Tokens of both.</summary>
    public int Tokens => Chosen.Tokens + Rejected.Tokens;

    /// <summary>Tokens of both that carry loss.</summary>
    public int LabelTokens => Chosen.LabelTokens + Rejected.LabelTokens;
}

/// <summary>Sums of log-probabilities over the completions of a pair.</summary>
/// <param name="Chosen">Of the chosen one.</param>
/// <param name="Rejected">Of the rejected one.</param>
public readonly record struct PairSums(double Chosen, double Rejected);
