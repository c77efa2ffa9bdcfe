using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;

namespace Finetune.Stages.Train;

/// <summary>The model that a stage trains.</summary>
internal static class TrainedModel
{
    /// <summary>The model that the stage starts from, with the adapter that it is to train.</summary>
    public static CausalModel Of(StageContext context, TrainSettings settings)
    {
        // What a merge adds to is float32, whatever is computed in.
        var precision = settings.MergeBefore ? Precision.Float32 : Held(settings);
        var model = StartingModel.Found(
            context,
            settings.RandomInitialisation,
            precision,
            settings.Seed,
            settings.Quantization
        );
        if (settings.MergeBefore)
        {
            model = Merged(context, settings, model);
        }

        if (
            settings.Adapter is { } adapter
            && (settings.MergeBefore || (!StartingModel.IsGiven(context) && StartingModel.Before(context) is null))
        )
        {
            Attach(context, model, adapter, settings.Seed);
        }

        return model;
    }

    // A base that stays as it is needs no float32 values to be moved; what is trained of it does.
    private static Precision Held(TrainSettings settings) =>
        settings.Adapter is { ModulesToSave.Count: 0, Bias: "none" }
            ? ModelInputs.PrecisionOf(settings.Precision)
            : Precision.Float32;

    // What a merge leaves is written at once: it is what the adapter to come sits on, and is read (and quantised) from.
    private static CausalModel Merged(StageContext context, TrainSettings settings, CausalModel model)
    {
        LoraAdapter.Merge(model);
        if (settings.Adapter is null)
        {
            return model;
        }

        ModelFolder.Save(model, context.Output("model"));
        if (settings.Quantization is null && Held(settings) == Precision.Float32)
        {
            return model;
        }

        model.Dispose();
        return ModelFolder.Load(
            context.Output("model"),
            Held(settings),
            ModelInputs.FormatOf(settings.Quantization),
            ModelInputs.Device(context)
        );
    }

    private static void Attach(StageContext context, CausalModel model, AdapterSettings adapter, long seed)
    {
        try
        {
            LoraAdapter.Attach(
                model,
                new LoraOptions(adapter.Rank, adapter.Alpha, adapter.Dropout, adapter.Rslora, adapter.Targets)
                {
                    Layers = adapter.Layers is { } layers ? new AdaptedLayers(layers.Last, layers.Numbers) : null,
                    Dora = adapter.Dora,
                    ModulesToSave = adapter.ModulesToSave,
                    Bias = adapter.Bias,
                },
                seed
            );
        }
        catch (ArgumentException exception)
        {
            var message = exception.Message.Split(" (Parameter", 2)[0];
            throw new PipelineException(
                new Diagnostic("FT7004", $"{context.Step.Name}: the adapter does not fit the model: {message}"),
                ExitCode.StepFailed
            );
        }
    }
}
