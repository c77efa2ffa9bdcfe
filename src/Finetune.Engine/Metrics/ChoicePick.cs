using System.Text;

namespace Finetune.Engine.Metrics;

/// <summary>Which choice a model picks, by log-probability; the first of equals. Names as in lm-evaluation-harness.</summary>
public static class ChoicePick
{
    /// <summary>The place of the highest sum of log-probabilities (acc).</summary>
    public static int BySum(IReadOnlyList<double> logProbs) => Best(logProbs);

    /// <summary>The highest sum over the choice's length in code points (acc_norm).</summary>
    public static int ByCharacters(IReadOnlyList<double> logProbs, IReadOnlyList<string> choices) =>
        Best([.. logProbs.Select((p, i) => p / choices[i].EnumerateRunes().Count())]);

    /// <summary>The highest sum over the choice's length in UTF-8 bytes (acc_norm_bytes).</summary>
    public static int ByBytes(IReadOnlyList<double> logProbs, IReadOnlyList<string> choices) =>
        Best([.. logProbs.Select((p, i) => p / Encoding.UTF8.GetByteCount(choices[i]))]);

    /// <summary>The highest gain over the choice's log-probability without the question (acc_mutual_info).</summary>
    public static int ByMutualInformation(IReadOnlyList<double> logProbs, IReadOnlyList<double> unconditional) =>
        Best([.. logProbs.Select((p, i) => p - unconditional[i])]);

    private static int Best(IReadOnlyList<double> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Count; i++)
        {
            if (scores[i] > scores[best])
            {
                best = i;
            }
        }

        return best;
    }
}
