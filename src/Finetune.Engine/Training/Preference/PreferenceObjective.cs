using System.Security.Cryptography;
using Finetune.Engine.Models;
using Finetune.Engine.Training.Objectives;
using static TorchSharp.torch;

namespace Finetune.Engine.Training.Preference;

/// <summary>
/// Preference learning: the mean over the pairs of a step. The log-probabilities are computed first, without the head's
/// graph; the loss is a function of their sums, so each label's part in the gradient is known, and goes through the head
/// as a weighted cross-entropy: the logits of all labels never exist at once.
/// </summary>
/// <param name="train">To train on.</param>
/// <param name="validation">To validate on.</param>
/// <param name="preference">The loss.</param>
/// <param name="cut">Cuts a step into passes.</param>
internal sealed class PreferenceObjective(
    IReadOnlyList<PreferencePair> train,
    IReadOnlyList<PreferencePair> validation,
    PreferenceOptions preference,
    StepPasses cut
) : IObjective
{
    // ORPO learns the prompt too.
    private static bool WholeChosen(PreferenceOptions preference) => preference.Kind == PreferenceKind.Orpo;

    /// <inheritdoc/>
    public int Count => train.Count;

    /// <inheritdoc/>
    public int Longest => train.Max(item => item.Tokens);

    /// <inheritdoc/>
    public int ValidationCount => validation.Count;

    /// <inheritdoc/>
    public IStepLoss Step(IReadOnlyList<int> items)
    {
        var passes = cut.Of([.. items.Select(i => train[i])], p => p.Tokens);
        return new StepLoss(passes, preference);
    }

    /// <inheritdoc/>
    public (double Loss, ValidationAnswers? Answers) Validate(CausalModel model)
    {
        var figures = new PairFigures(preference);
        foreach (var (pairs, batch, logProbs) in PairScorer.Run(model, validation, WholeChosen(preference)))
        {
            figures.Add(pairs, batch, logProbs);
        }

        return (figures.Loss, figures.Accuracy);
    }

    /// <inheritdoc/>
    public void AppendTo(IncrementalHash hash)
    {
        TrainingIdentity.Append(hash, $"{preference}");
        foreach (var set in new[] { train, validation })
        {
            TrainingIdentity.Append(hash, [.. set.Select(p => p.Chosen)]);
            TrainingIdentity.Append(hash, [.. set.Select(p => p.Rejected)]);
            foreach (var pair in set)
            {
                hash.AppendData(BitConverter.GetBytes(pair.Reference.Chosen));
                hash.AppendData(BitConverter.GetBytes(pair.Reference.Rejected));
            }
        }
    }

    private sealed class StepLoss(IReadOnlyList<IReadOnlyList<PreferencePair>> passes, PreferenceOptions preference)
        : IStepLoss
    {
        private readonly PairFigures[] _figures = [.. passes.Select(_ => new PairFigures(preference))];
        private readonly int _pairs = passes.Sum(pass => pass.Count);
        private readonly int _nllTokens = passes.Sum(pass =>
            pass.Sum(p => WholeChosen(preference) ? p.Chosen.Scored.Length - 1 : p.Chosen.LabelTokens)
        );

        public int Passes => passes.Count;

        public int Tokens { get; } = passes.Sum(pass => pass.Sum(pair => pair.Tokens));

        public int LabelTokens { get; } = passes.Sum(pass => pass.Sum(pair => pair.LabelTokens));

        public double Loss => Sum.Loss;

        public IReadOnlyList<(string Name, double Value)> Figures => Sum.All;

        public int Items(int pass) => passes[pass].Count;

        public double Share(int pass) => passes[pass].Count / (double)_pairs;

        public void Run(CausalModel model, int pass, Action afterStretch)
        {
            using var scope = NewDisposeScope();
            using var batch = PairBatch.Of(passes[pass], WholeChosen(preference), model.HeadWeight.device);
            var hidden = model.Hidden(batch.Tokens.Batch);
            var (logProbs, _) = HeadLoss.Score(model, hidden.detach(), batch.Tokens.Targets);
            var losses = _figures[pass].Add(passes[pass], batch, logProbs);
            var weights = Weights(batch, losses);
            HeadLoss.Backward(model, hidden, batch.Tokens.Targets, 1, afterStretch, weights: weights);
        }

        private PairFigures Sum => _figures.Aggregate(new PairFigures(preference), (sum, pass) => sum.With(pass));

        // d loss / d (-log p) of every label.
        private double[] Weights(PairBatch batch, PairLoss[] losses)
        {
            var weights = new double[batch.Pairs.Length];
            for (var i = 0; i < weights.Length; i++)
            {
                var loss = losses[batch.Pairs[i]];
                var own = batch.Completion[i] ? -(batch.Chosen[i] ? loss.ByChosen : loss.ByRejected) / _pairs : 0;
                weights[i] = own + (batch.Chosen[i] ? preference.AllNll / _nllTokens : 0);
            }

            return weights;
        }
    }
}
