using Finetune.Stages.Compilation.Planning;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Adapters over the stages of a training, and what a quantised base allows.</summary>
internal static class StageAdapterChecks
{
    private const string Quantization = "model.quantization";
    private const string Double = "model.double_quantization";

    /// <summary>Checks all stages.</summary>
    public static void Check(CheckContext context)
    {
        var settings = context.Settings;
        var plans = AdapterPlan.Of(settings);
        for (var i = 0; i < plans.Count; i++)
        {
            CheckStage(context, $"training[{i}].adapter", settings.Training[i].Adapter, plans[i]);
        }

        CheckQuantization(context, settings.Model, plans);
    }

    private static void CheckStage(CheckContext context, string path, StageAdapter? said, AdapterPlan plan)
    {
        if (said?.Fresh?.StartFrom is not null)
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.start_from",
                "an adapter of a stage begins fresh",
                "write start_from under model.adapter"
            );
        }

        if (said is not { Word: "merge", Fresh: null })
        {
            return;
        }

        if (plan.Adapter is null)
        {
            context.AtValue(
                Codes.Meaningless,
                path,
                "no adapter is described that could begin after the merge",
                "describe it: model.adapter, or adapter: { kind: lora, rank: 16, alpha: 32 } here"
            );
        }
        else if (!plan.Merge)
        {
            context.AtValue(
                Codes.Meaningless,
                path,
                "there is no stage before this one, and no start_from, whose adapter could be merged",
                "leave 'adapter' out"
            );
        }
    }

    private static void CheckQuantization(CheckContext context, ModelSection model, IReadOnlyList<AdapterPlan> plans)
    {
        if (model.Quantization is null)
        {
            if (model.DoubleQuantization is not null && !context.Places.Has(Quantization))
            {
                context.AtKey(
                    Codes.Meaningless,
                    Double,
                    "'double_quantization' has no meaning where nothing is quantised",
                    "write quantization: nf4, or leave it out"
                );
            }

            return;
        }

        if (model is RandomModelSection)
        {
            context.AtKey(
                Codes.Meaningless,
                Quantization,
                "random weights are there to be trained, and quantised weights are not trained",
                "leave 'quantization' out"
            );
            return;
        }

        if (model.Adapter is null && !context.Places.Has("model.adapter") && plans.All(plan => plan.Adapter is null))
        {
            context.AtKey(
                Codes.Meaningless,
                Quantization,
                "quantised weights are not trained, and there is no adapter beside them that could be",
                "adapter: { kind: lora, rank: 16, alpha: 32 }"
            );
            return;
        }

        var stages = context.Settings.Training;
        for (var i = 0; i < plans.Count; i++)
        {
            // A faulty adapter has been told; a stage after one without goes on without.
            var faulty = stages[i].Adapter is null && context.Places.Has($"training[{i}].adapter");
            if (plans[i].Adapter is null && !faulty)
            {
                context.AtValue(
                    Codes.Meaningless,
                    stages[i].Adapter is null ? Quantization : $"training[{i}].adapter",
                    $"the stage '{stages[i].Name}' would train all weights, and quantised weights are not trained",
                    "give every stage an adapter, or leave model.quantization out"
                );
                return;
            }
        }
    }
}
