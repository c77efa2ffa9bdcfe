namespace Finetune.Engine.Generation.Sampling;

/// <summary>Adds to the score of a token list's last, where the context ends with the others.</summary>
internal sealed class SequenceBias(IReadOnlyList<(IReadOnlyList<int> Ids, double Bias)> biases) : IScoreProcessor
{
    /// <summary>Whether a token list would be complete with its last token now.</summary>
    /// <param name="ids">The list, not empty.</param>
    /// <param name="context">The tokens so far.</param>
    public static bool IsDue(IReadOnlyList<int> ids, ReadOnlySpan<int> context)
    {
        var before = ids.Count - 1;
        if (context.Length < before)
        {
            return false;
        }

        for (var i = 0; i < before; i++)
        {
            if (context[context.Length - before + i] != ids[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        foreach (var (ids, bias) in biases)
        {
            if (IsDue(ids, context))
            {
                scores[ids[^1]] += bias;
            }
        }
    }
}
