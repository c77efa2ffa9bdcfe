namespace Finetune.Stages.Artifacts;

/// <summary>How a model's belief is shared among the choices of a question.</summary>
public static class ChoiceProbabilities
{
    /// <summary>Choice to its probability, given that one of them is the answer: softmax of the sums of
    /// log-probabilities, in choice order; empty where there are no choices.</summary>
    public static IReadOnlyList<(string Choice, double Probability)> Of(Answer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.ChoiceLogProbs is not { Count: > 0 } logProbs)
        {
            return [];
        }

        var highest = logProbs.Values.Max();
        var total = logProbs.Values.Sum(logProb => Math.Exp(logProb - highest));
        return [.. logProbs.Select(choice => (choice.Key, Math.Exp(choice.Value - highest) / total))];
    }

    /// <summary>Of the choice that was taken; null where there are no choices.</summary>
    public static double? OfPrediction(Answer answer)
    {
        foreach (var (choice, probability) in Of(answer))
        {
            if (choice == answer.Prediction)
            {
                return probability;
            }
        }

        return null;
    }
}
