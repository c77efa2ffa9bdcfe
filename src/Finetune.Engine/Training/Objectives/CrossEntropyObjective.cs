using System.Security.Cryptography;
using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Training.Objectives;

/// <summary>Cross-entropy on labelled tokens: the mean over the label tokens of a step.</summary>
/// <param name="train">To train on.</param>
/// <param name="validation">To validate on.</param>
/// <param name="accuracy">How validation rows are answered; null when it is not wanted.</param>
/// <param name="options">What a label costs, and how a step is cut.</param>
/// <param name="cut">Cuts a step into passes.</param>
internal sealed class CrossEntropyObjective(
    IReadOnlyList<TrainingExample> train,
    IReadOnlyList<TrainingExample> validation,
    Func<CausalModel, ValidationAnswers>? accuracy,
    TrainingOptions options,
    StepPasses cut
) : IObjective
{
    /// <inheritdoc/>
    public int Count => train.Count;

    /// <inheritdoc/>
    public int Longest => train.Max(item => item.Tokens);

    /// <inheritdoc/>
    public int ValidationCount => validation.Count;

    /// <inheritdoc/>
    public IStepLoss Step(IReadOnlyList<int> items)
    {
        var passes = cut.Of([.. items.Select(i => train[i])], e => e.Tokens);
        return new StepLoss(passes, options);
    }

    /// <inheritdoc/>
    public (double Loss, ValidationAnswers? Answers) Validate(CausalModel model)
    {
        var loss = Validation.Loss(model, validation, model.HeadWeight.device);
        return (loss, double.IsFinite(loss) ? accuracy?.Invoke(model) : null);
    }

    /// <inheritdoc/>
    public void AppendTo(IncrementalHash hash)
    {
        TrainingIdentity.Append(hash, train);
        TrainingIdentity.Append(hash, validation);
    }

    private sealed class StepLoss(IReadOnlyList<IReadOnlyList<TrainingExample>> passes, TrainingOptions options)
        : IStepLoss
    {
        private readonly LabelFigures[] _figures = [.. passes.Select(_ => new LabelFigures())];
        private readonly double[] _sums = new double[passes.Count];
        private readonly bool _measured = options.LogEntropy || options.LogTokenAccuracy;

        public int Passes => passes.Count;

        public int Tokens { get; } = passes.Sum(pass => pass.Sum(example => example.Tokens));

        public int LabelTokens { get; } = passes.Sum(pass => pass.Sum(example => example.LabelTokens));

        public double Loss => _sums.Sum() / LabelTokens;

        public IReadOnlyList<(string Name, double Value)> Figures =>
            [
                .. options.LogEntropy ? [("entropy", LabelFigures.Entropy(_figures))] : Array.Empty<(string, double)>(),
                .. options.LogTokenAccuracy
                    ? [("mean_token_accuracy", LabelFigures.Accuracy(_figures))]
                    : Array.Empty<(string, double)>(),
            ];

        public int Items(int pass) => passes[pass].Count;

        public double Share(int pass) => passes[pass].Sum(example => example.LabelTokens) / (double)LabelTokens;

        public void Run(CausalModel model, int pass, Action afterStretch)
        {
            using var scope = NewDisposeScope();
            using var batch = LabelledBatch.Of(passes[pass], model.HeadWeight.device);
            var hidden = model.Hidden(batch.Batch);
            _sums[pass] = HeadLoss.Backward(
                model,
                hidden,
                batch.Targets,
                1.0 / LabelTokens,
                afterStretch,
                options.Loss,
                seen: _measured ? _figures[pass].Add : null
            );
        }
    }
}
