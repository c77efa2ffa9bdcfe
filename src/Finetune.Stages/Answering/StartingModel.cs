using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Graph.Planning;

namespace Finetune.Stages.Answering;

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
            ModelInputs.FormatOf(quantization),
            ModelInputs.Device(context)
        );
        if (IsGiven(context))
        {
            LoraAdapter.Load(model, ModelInputs.Folder(context, "start_from"));
        }

        return model;
    }

    /// <summary>Whether the first stage starts from an adapter's files.</summary>
    public static bool IsGiven(StageContext context) =>
        Before(context) is null && context.InputPaths.ContainsKey("start_from");
}
