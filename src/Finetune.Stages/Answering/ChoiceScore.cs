namespace Finetune.Stages.Answering;

/// <summary>What of a choice's log-probability makes it the answer; the highest is taken, ties go to the first.</summary>
public enum ChoiceScore
{
    /// <summary>The sum over its tokens and the end of sequence.</summary>
    Sum,

    /// <summary>The sum over the number of those tokens.</summary>
    PerToken,

    /// <summary>The sum over the number of characters of the bare choice (acc_norm of lm-evaluation-harness).</summary>
    PerCharacter,

    /// <summary>The sum less what it is without a prompt: what the prompt adds (Holtzman et al. 2021, "Surface form
    /// competition", with an empty premise).</summary>
    Calibrated,
}

/// <summary>The words of documents.</summary>
public static class ChoiceScores
{
    /// <summary>The score of that name; null is the sum.</summary>
    public static ChoiceScore Of(string? name) =>
        name switch
        {
            null => ChoiceScore.Sum,
            "per_token" => ChoiceScore.PerToken,
            "per_character" => ChoiceScore.PerCharacter,
            "calibrated" => ChoiceScore.Calibrated,
            _ => throw new ArgumentException($"no score of choices is called '{name}'", nameof(name)),
        };
}
