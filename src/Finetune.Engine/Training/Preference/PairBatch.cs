using static TorchSharp.torch;

namespace Finetune.Engine.Training.Preference;

/// <summary>Both sides of pairs laid end to end, and to whom every label belongs.</summary>
internal sealed class PairBatch : IDisposable
{
    private PairBatch(LabelledBatch tokens, int[] pairs, bool[] chosen, bool[] completion)
    {
        (Tokens, Pairs, Chosen, Completion) = (tokens, pairs, chosen, completion);
    }

    /// <summary>The tokens.</summary>
    public LabelledBatch Tokens { get; }

    /// <summary>For every label, the index of its pair.</summary>
    public int[] Pairs { get; }

    /// <summary>For every label, whether it is of the chosen side.</summary>
    public bool[] Chosen { get; }

    /// <summary>For every label, whether it is of the completion.</summary>
    public bool[] Completion { get; }

    /// <summary>Lays pairs end to end.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="wholeChosen">Whether every token of the chosen side but the first is a label, not its completion
    /// alone.</param>
    /// <param name="device">Where the tensors live.</param>
    public static PairBatch Of(IReadOnlyList<PreferencePair> pairs, bool wholeChosen, Device device)
    {
        TrainingExample[] own = [.. pairs.Select(p => p.Chosen), .. pairs.Select(p => p.Rejected)];
        TrainingExample[] laid = [.. own.Select((e, i) => wholeChosen && i < pairs.Count ? Whole(e) : e)];
        var tokens = LabelledBatch.Of(laid, device);
        var (owners, chosen, completion) = (new List<int>(), new List<bool>(), new List<bool>());
        foreach (var e in tokens.Order)
        {
            for (var i = 1; i < laid[e].Scored.Length; i++)
            {
                if (laid[e].Scored[i])
                {
                    owners.Add(e % pairs.Count);
                    chosen.Add(e < pairs.Count);
                    completion.Add(own[e].Scored[i]);
                }
            }
        }

        return new PairBatch(tokens, [.. owners], [.. chosen], [.. completion]);
    }

    /// <summary>Sums over completions, pair by pair.</summary>
    /// <param name="logProbs">Of every label.</param>
    public PairSums[] Sums(double[] logProbs)
    {
        var sums = new PairSums[Pairs.Max() + 1];
        for (var i = 0; i < logProbs.Length; i++)
        {
            if (Completion[i])
            {
                var sum = sums[Pairs[i]];
                sums[Pairs[i]] = Chosen[i]
                    ? sum with
                    {
                        Chosen = sum.Chosen + logProbs[i],
                    }
                    : sum with
                    {
                        Rejected = sum.Rejected + logProbs[i],
                    };
            }
        }

        return sums;
    }

    /// <inheritdoc/>
    public void Dispose() => Tokens.Dispose();

    private static TrainingExample Whole(TrainingExample example) =>
        example with
        {
            Scored = [.. example.Scored.Select((_, i) => i > 0)],
        };
}
