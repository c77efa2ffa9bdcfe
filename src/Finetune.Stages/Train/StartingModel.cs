using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;

namespace Finetune.Stages.Train;

/// <summary>The model that a training stage starts from.</summary>
internal static class StartingModel
{
    /// <summary>What the stage before made, or null for the first stage.</summary>
    public static string? Before(StageContext context) =>
        context.InputPaths.ContainsKey("start") ? context.Input("start") : null;

    /// <summary>The model as the stage finds it: the base, with the adapter that is given or was trained before.</summary>
    public static CausalModel Found(
        StageContext context,
        bool randomInitialisation,
        Precision precision,
        long seed,
        string? quantization
    )
    {
        var model = ModelInputs.Load(
            ModelInputs.Folder(context),
            Before(context),
            randomInitialisation,
            precision,
            seed,
            ModelInputs.FormatOf(quantization)
        );
        if (IsGiven(context))
        {
            LoraAdapter.Load(model, ModelInputs.Folder(context, "start_from"));
        }

        return model;
    }

    /// <summary>The same with the adapter that the stage is to train.</summary>
    public static CausalModel Of(StageContext context, TrainSettings settings)
    {
        // Also to compute in bfloat16: the trainer keeps the float32 weights.
        var precision = Precision.Float32;
        var model = Found(context, settings.RandomInitialisation, precision, settings.Seed, settings.Quantization);
        if (settings.MergeBefore)
        {
            model = Merged(context, settings, model);
        }

        if (settings.Adapter is { } adapter && (settings.MergeBefore || (!IsGiven(context) && Before(context) is null)))
        {
            Attach(context, model, adapter, settings.Seed);
        }

        return model;
    }

    private static bool IsGiven(StageContext context) =>
        Before(context) is null && context.InputPaths.ContainsKey("start_from");

    // What a merge leaves is written at once: it is what the adapter to come sits on, and is read (and quantised) from.
    private static CausalModel Merged(StageContext context, TrainSettings settings, CausalModel model)
    {
        LoraAdapter.Merge(model);
        if (settings.Adapter is null)
        {
            return model;
        }

        ModelFolder.Save(model, context.Output("model"));
        if (settings.Quantization is null)
        {
            return model;
        }

        model.Dispose();
        return ModelFolder.Load(
            context.Output("model"),
            Precision.Float32,
            ModelInputs.FormatOf(settings.Quantization)
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
