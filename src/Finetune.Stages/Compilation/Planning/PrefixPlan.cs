using Finetune.Graph.Planning;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Prefix;
using Finetune.Stages.Train;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>Whether what the layers below an adapter make of the examples is a step of its own.</summary>
internal static class PrefixPlan
{
    /// <summary>Why a stage has no frozen layers to run once, as what follows "because"; null where it has.</summary>
    /// <param name="settings">The document's.</param>
    /// <param name="number">The stage's.</param>
    public static string? Hindrance(PipelineSettings settings, int number)
    {
        var stage = settings.Training[number];
        var plans = AdapterPlan.Of(settings).Take(number + 1).ToList();
        var adapter = plans[number].Adapter;
        return adapter?.Layers is not { } layers ? "no adapter has 'layers', so that every layer is trained"
            : layers.Numbers?.Contains(0) == true ? "the adapter sits on layer 0, and nothing lies below it"
            : settings.Model is RandomModelSection ? "the model starts from random weights"
            : settings.Model.Adapter?.StartFrom is not null ? "model.adapter.start_from may sit on any layer"
            : plans.Exists(plan => plan.Merge || plan.Adapter is null)
                ? "a stage before changes the weights, or an adapter is merged into them"
            : stage.Objective == "preference" ? "preference training runs all layers"
            : stage.NeftuneNoiseAlpha is not null ? "neftune_noise_alpha changes what goes into the first layer"
            : stage.TrainOnly is not null || stage.Freeze is not null ? "train_only and freeze choose what is trained"
            : adapter.ModulesToSave is { Count: > 0 } ? "modules_to_save trains modules outside the adapter"
            : adapter.Bias == "all" ? "bias: all trains biases of every layer"
            : null;
    }

    /// <summary>The step; null where every pass runs all layers.</summary>
    public static Step? Of(CheckedPipeline pipeline, int number, TrainSettings settings)
    {
        var stage = pipeline.Settings.Training[number];
        if (
            stage.CachePrefix == false
            || pipeline.Model.HasEncoder
            || Hindrance(pipeline.Settings, number) is not null
            || settings.Adapter?.Layers is not { } layers
            // Then the step would hold the embeddings alone.
            || layers.Last == pipeline.Model.Layers
        )
        {
            return null;
        }

        return StepFactory.Heavy(
            $"prefix.{stage.Name}",
            new PrefixSettings(
                settings.Precision,
                settings.Quantization,
                settings.Templates,
                settings.Objective,
                layers.Numbers?.Min(),
                layers.Last
            ),
            [
                ModelSteps.Base(pipeline),
                new OutputInput("train", "tokenize", "train"),
                new OutputInput("validation", "tokenize", "validation"),
            ],
            pipeline
        );
    }
}
