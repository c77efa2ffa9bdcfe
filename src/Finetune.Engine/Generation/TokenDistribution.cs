namespace Finetune.Engine.Generation;

/// <summary>
/// Probabilities of the next token after temperature, top-k and top-p, in this order, each on what the one before left:
/// as the logits processors of Transformers do.
/// </summary>
public static class TokenDistribution
{
    /// <summary>One probability a token; exactly 0 for those that are dropped.</summary>
    /// <param name="logits">Scores of the whole vocabulary.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="topK">0 is off; ties with the k-th stay.</param>
    /// <param name="topP">1 is off; the likeliest always stays.</param>
    public static double[] Of(ReadOnlySpan<float> logits, double temperature, int topK, double topP)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        var scores = new double[logits.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = logits[i] / temperature;
        }

        if (topK > 0 && topK < scores.Length)
        {
            double[] sorted = [.. scores];
            Array.Sort(sorted);
            var last = sorted[^topK];
            Drop(scores, i => scores[i] < last);
        }

        var probabilities = Softmax(scores);
        if (topP < 1)
        {
            DropTail(scores, probabilities, topP);
            probabilities = Softmax(scores);
        }

        return probabilities;
    }

    /// <summary>The token at which the running sum passes a number from 0 to below 1.</summary>
    public static int Pick(ReadOnlySpan<double> probabilities, double uniform)
    {
        var sum = 0.0;
        var last = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] > 0)
            {
                sum += probabilities[i];
                last = i;
                if (uniform < sum)
                {
                    break;
                }
            }
        }

        return last;
    }

    // From the least likely up, drops while the sum is at most 1 - p.
    private static void DropTail(double[] scores, double[] probabilities, double topP)
    {
        int[] ascending = [.. Enumerable.Range(0, scores.Length).Where(i => probabilities[i] > 0)];
        Array.Sort(ascending, (a, b) => scores[a] != scores[b] ? scores[a].CompareTo(scores[b]) : b.CompareTo(a));
        var sum = 0.0;
        foreach (var i in ascending.AsSpan(..^1))
        {
            sum += probabilities[i];
            if (sum > 1 - topP)
            {
                break;
            }

            scores[i] = double.NegativeInfinity;
        }
    }

    private static void Drop(double[] scores, Predicate<int> dropped)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            if (dropped(i))
            {
                scores[i] = double.NegativeInfinity;
            }
        }
    }

    private static double[] Softmax(double[] scores)
    {
        var highest = scores.Max();
        var sum = 0.0;
        var result = new double[scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            result[i] = Math.Exp(scores[i] - highest);
            sum += result[i];
        }

        for (var i = 0; i < result.Length; i++)
        {
            result[i] /= sum;
        }

        return result;
    }
}
