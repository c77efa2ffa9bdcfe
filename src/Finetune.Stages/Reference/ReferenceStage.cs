using Finetune.Engine.Training.Preference;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Reference;

/// <summary>
/// Log-probabilities of the pairs of a preference stage under the model it starts from: computed once, whatever losses
/// and rates are tried. Inputs <c>base</c> (files), <c>train</c>, <c>validation</c> (tokens); <c>start</c> (the model of
/// the stage before) where there is one; <c>start_from</c> (adapter files) where set.
/// </summary>
public sealed class ReferenceStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "reference";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("train", "train.jsonl"), new("validation", "validation.jsonl")];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        EngineErrors.Translated(context, () => Run(context, cancellationToken));

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<ReferenceSettings>(context.Step.Settings);
        using var model = StartingModel.Found(
            context,
            settings.RandomInitialisation,
            ModelInputs.PrecisionOf(settings.Precision),
            settings.Seed,
            settings.Quantization
        );
        foreach (var split in new[] { "train", "validation" })
        {
            var (pairs, _) = ModelTokens.Pairs(context.Input(split), settings.Templates, model.Shape);
            using var writer = ReferenceFile.Create(context.Output(split));
            foreach (var (i, sum) in PairScorer.Sums(model, pairs).Index())
            {
                cancellationToken.ThrowIfCancellationRequested();
                writer.Write(new ReferenceSums(sum.Chosen, sum.Rejected));
                context.Progress.Report(new StageProgress($"reference of {split}", i + 1, pairs.Count));
            }
        }
    }
}
