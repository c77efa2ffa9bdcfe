namespace Finetune.Engine.Generation.Sampling;

/// <summary>What processors share: probabilities of scores, their order, their entropy.</summary>
internal static class Probabilities
{
    /// <summary>One a score; exactly 0 for those that are dropped.</summary>
    public static double[] Softmax(ReadOnlySpan<double> scores)
    {
        var highest = double.NegativeInfinity;
        foreach (var score in scores)
        {
            highest = Math.Max(highest, score);
        }

        var sum = 0.0;
        var result = new double[scores.Length];
        for (var i = 0; i < result.Length; i++)
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

    /// <summary>Places of the scores that are not dropped, highest first, equal ones in their order.</summary>
    public static int[] Ranked(ReadOnlySpan<double> scores)
    {
        var kept = new List<int>();
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] != double.NegativeInfinity)
            {
                kept.Add(i);
            }
        }

        var ranked = kept.ToArray();
        var keys = new (double Score, int Place)[ranked.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (-scores[ranked[i]], ranked[i]);
        }

        Array.Sort(keys, ranked);
        return ranked;
    }

    /// <summary>A probability's part of the entropy, natural logarithm.</summary>
    public static double Part(double probability) => probability > 0 ? -probability * Math.Log(probability) : 0;

    /// <summary>Sum of the parts.</summary>
    public static double Entropy(ReadOnlySpan<double> probabilities)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
        {
            sum += Part(probability);
        }

        return sum;
    }

    /// <summary>Drops the scores whose measure is below a limit.</summary>
    public static void DropBelow(Span<double> scores, ReadOnlySpan<double> measures, double limit)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            if (measures[i] < limit)
            {
                scores[i] = double.NegativeInfinity;
            }
        }
    }
}
