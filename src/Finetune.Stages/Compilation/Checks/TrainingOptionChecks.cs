using Finetune.Stages.Compilation.Planning;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Training options that have no meaning where they stand.</summary>
internal static class TrainingOptionChecks
{
    /// <summary>Checks every stage.</summary>
    public static void Check(CheckContext context)
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

            if (stages[i].Log?.Contains("noise_scale") == true && stages[i].MicroBatchSize == stages[i].BatchSize)
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
}
