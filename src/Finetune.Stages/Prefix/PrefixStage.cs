using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Training.Prefix;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Prefix;

/// <summary>
/// Runs the layers that a training with an adapter on later layers never changes, once for every example. Inputs
/// <c>base</c> (files), <c>train</c>, <c>validation</c> (tokens).
/// </summary>
public sealed class PrefixStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "prefix";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("train", "train.safetensors"), new("validation", "validation.safetensors")];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        EngineErrors.Translated(context, () => Run(context, cancellationToken));

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<PrefixSettings>(context.Step.Settings);
        using var model = ModelInputs.Load(
            ModelInputs.Folder(context),
            null,
            randomInitialisation: false,
            ModelInputs.PrecisionOf(settings.Precision),
            0,
            ModelInputs.FormatOf(settings.Quantization),
            ModelInputs.Device(context)
        );
        var layer = Layer(context, settings, model);
        foreach (var split in new[] { "train", "validation" })
        {
            var (examples, _) = ModelTokens.Examples(
                context.Input(split),
                settings.Templates,
                settings.Objective == "language-model",
                model.Shape
            );
            PrefixFile.Write(
                context.Output(split),
                model,
                layer,
                examples,
                done =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    context.Progress.Report(new StageProgress($"frozen layers over {split}", done, examples.Count));
                }
            );
        }
    }

    private static int Layer(StageContext context, PrefixSettings settings, CausalModel model)
    {
        try
        {
            return new AdaptedLayers(settings.Last, settings.Layer is { } number ? [number] : null).Of(model)[0];
        }
        catch (ArgumentException exception)
        {
            throw new PipelineException(
                new Diagnostic(
                    "FT7004",
                    $"{context.Step.Name}: the adapter does not fit the model: {exception.Message}"
                ),
                ExitCode.StepFailed
            );
        }
    }
}
