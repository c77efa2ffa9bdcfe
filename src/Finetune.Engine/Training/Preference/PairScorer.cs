using Finetune.Engine.Models;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training.Preference;

/// <summary>Log-probabilities of pairs, without a gradient.</summary>
public static class PairScorer
{
    /// <summary>Sums over completions: what a reference model says of pairs, in their order, as they come.</summary>
    /// <param name="model">Put into evaluation mode.</param>
    /// <param name="pairs">The pairs.</param>
    public static IEnumerable<PairSums> Sums(CausalModel model, IReadOnlyList<PreferencePair> pairs) =>
        Run(model, pairs, wholeChosen: false).SelectMany(pass => pass.Batch.Sums(pass.LogProbs));

    /// <summary>Runs pairs pass by pass; a batch lives until the next one.</summary>
    internal static IEnumerable<(IReadOnlyList<PreferencePair> Pairs, PairBatch Batch, double[] LogProbs)> Run(
        CausalModel model,
        IReadOnlyList<PreferencePair> pairs,
        bool wholeChosen
    )
    {
        model.eval();
        foreach (var pass in TokenBudget.Cut(pairs, p => p.Tokens, TokenBudget.OfInference(model.Shape)))
        {
            CollectionPause.Breathe();
            using var batch = PairBatch.Of(pass, wholeChosen, model.HeadWeight.device);
            yield return (pass, batch, LogProbs(model, batch));
        }
    }

    private static double[] LogProbs(CausalModel model, PairBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var hidden = model.Hidden(batch.Tokens.Batch);
        return HeadLoss.Score(model, hidden, batch.Tokens.Targets).LogProbs;
    }
}
