using System.Numerics;
using Finetune.Engine.Generation.Sampling;

namespace Finetune.Engine.Generation;

/// <summary>
/// How the next token follows from the logits and the tokens so far: processors one after the other, each on what the
/// one before left, as Transformers has them; then the likeliest token, or a draw.
/// </summary>
/// <param name="options">How tokens are chosen.</param>
/// <param name="ends">Tokens that end an answer.</param>
public sealed class TokenDistribution(GenerationOptions options, IReadOnlySet<int> ends)
{
    private readonly IReadOnlyList<IScoreProcessor> _before = ScoreProcessors.Before(options.Rules, ends);
    private readonly IReadOnlyList<IScoreProcessor> _draw =
        options.Temperature > 0 ? ScoreProcessors.OfDraw(options) : [];

    /// <summary>Whether the likeliest token of the logits is the choice, whatever came before.</summary>
    public bool IsPlain => options.Temperature == 0 && _before.Count == 0;

    /// <summary>One probability a token; exactly 0 for those that are dropped.</summary>
    /// <param name="logits">Scores of the whole vocabulary.</param>
    /// <param name="context">The tokens so far, prompt included.</param>
    public double[] Of(ReadOnlySpan<float> logits, ReadOnlySpan<int> context) =>
        Probabilities.Softmax(Scores(logits, context));

    /// <summary>The next token.</summary>
    /// <param name="logits">Scores of the whole vocabulary.</param>
    /// <param name="context">The tokens so far, prompt included.</param>
    /// <param name="uniform">From 0 to below 1: where a draw falls.</param>
    public int Next(ReadOnlySpan<float> logits, ReadOnlySpan<int> context, double uniform)
    {
        if (IsPlain)
        {
            return Best(logits);
        }

        return options.Temperature == 0 ? Best<double>(Scores(logits, context)) : Pick(Of(logits, context), uniform);
    }

    // The first of the highest.
    private static int Best<T>(ReadOnlySpan<T> scores)
        where T : INumber<T>
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
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

    private double[] Scores(ReadOnlySpan<float> logits, ReadOnlySpan<int> context)
    {
        var scores = Wide(logits);
        Apply(_before, scores, context);
        if (Array.TrueForAll(scores, score => score == double.NegativeInfinity))
        {
            // Everything is barred: something has to follow, so the bars give way this once.
            scores = Wide(logits);
        }

        Apply(_draw, scores, context);
        return scores;
    }

    private static void Apply(IReadOnlyList<IScoreProcessor> processors, double[] scores, ReadOnlySpan<int> context)
    {
        foreach (var processor in processors)
        {
            processor.Apply(scores, context);
        }
    }

    private static double[] Wide(ReadOnlySpan<float> logits)
    {
        var wide = new double[logits.Length];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = logits[i];
        }

        return wide;
    }
}
