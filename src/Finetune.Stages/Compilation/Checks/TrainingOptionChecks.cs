using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Planning;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Training options that have no meaning where they stand.</summary>
internal static class TrainingOptionChecks
{
    /// <summary>Checks every stage.</summary>
    public static void Check(CheckContext context, ResolvedModel? model)
    {
        var stages = context.Settings.Training;
        foreach (var (i, plan) in AdapterPlan.Of(context.Settings).Index())
        {
            var path = $"training[{i}]";
            if (stages[i].LoraplusLrRatio is not null && plan.Adapter is null)
            {
                context.AtKey(
                    Codes.Meaningless,
                    $"{path}.loraplus_lr_ratio",
                    "'loraplus_lr_ratio' has no meaning where no adapter is trained",
                    "give the model an adapter, or leave it out"
                );
            }

            if (stages[i].OptimizerInBackward)
            {
                CheckInBackward(context, path, stages[i], model);
            }

            if (
                stages[i].Log?.Contains("noise_scale") == true
                && (stages[i].OptimizerInBackward || stages[i].MicroBatchSize == stages[i].BatchSize)
            )
            {
                context.AtKey(
                    Codes.Meaningless,
                    $"{path}.log",
                    "'noise_scale' is measured between the passes of a step, and each step here is one pass",
                    "a micro_batch_size below the batch_size, or leave it out"
                );
            }
        }
    }

    // Gradients are gone before the last of them is known, and before a second pass could add to them.
    private static void CheckInBackward(CheckContext context, string path, TrainingSection stage, ResolvedModel? model)
    {
        var key = $"{path}.optimizer_in_backward";
        if (stage.MaxGradNorm != 0)
        {
            context.AtKey(
                Codes.Exclusive,
                key,
                "'optimizer_in_backward' moves weights before the norm of all gradients is known, so nothing can be clipped by it",
                "max_grad_norm: 0, or leave optimizer_in_backward out"
            );
        }

        if (stage.MicroBatchSize is { } size && size != stage.BatchSize)
        {
            context.AtKey(
                Codes.Exclusive,
                $"{path}.micro_batch_size",
                "with 'optimizer_in_backward' each step is one pass",
                $"leave micro_batch_size out, or set batch_size to {size}"
            );
        }

        if (model is { HasEncoder: true })
        {
            context.AtKey(
                Codes.Meaningless,
                key,
                "an encoder and a decoder are not one stack of layers, which could be left one after the other",
                "leave it out"
            );
        }
    }
}
