using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Training stages: names, and keys that do not go together.</summary>
internal static class TrainingChecks
{
    /// <summary>Checks every stage.</summary>
    public static void Check(CheckContext context, CheckedSplits splits, ResolvedModel? model)
    {
        var stages = context.Settings.Training;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < stages.Count; i++)
        {
            // A stage that is no object has been told and left out; the places of the others are then unsure.
            var path = $"training[{i}]";
            var stage = stages[i];
            if (stage.Name.Length > 0 && !names.Add(stage.Name))
            {
                context.AtValue(Codes.Repeated, $"{path}.name", $"there are two training stages '{stage.Name}'");
            }

            TemplateNames.Check(context, $"{path}.templates", stage.Templates);
            CheckLength(context, path, stage);
            CheckSchedule(context, path, stage);
            OptimizerChecks.Check(context, path, stage);
            CheckKeep(context, path, stage);
            if (model is { HasEncoder: true } && stage.Objective == "language-model")
            {
                context.AtValue(
                    Codes.Meaningless,
                    $"{path}.objective",
                    "an encoder reads the prompt, so nothing of it can be learned by the decoder",
                    "objective: completion"
                );
            }

            if (!splits.HasValidation)
            {
                CheckNoValidation(context, path, stage);
            }
        }

        if (stages.Count > 0 && !splits.HasTrain)
        {
            context.AtKey(Codes.NoTrainingRows, "splits.train", "there are no rows to train on");
        }
    }

    private static void CheckLength(CheckContext context, string path, TrainingSection stage)
    {
        if (stage is { Epochs: not null, MaxSteps: not null })
        {
            Exclusive(context, $"{path}.epochs", $"{path}.max_steps");
        }

        if (stage.MicroBatchSize > stage.BatchSize)
        {
            context.AtValue(
                Codes.OutOfBounds,
                $"{path}.micro_batch_size",
                $"'micro_batch_size' is {stage.MicroBatchSize}, more than the batch_size {stage.BatchSize}"
            );
        }
    }

    private static void CheckSchedule(CheckContext context, string path, TrainingSection stage)
    {
        var schedule = stage.Schedule;
        if (
            schedule is { WarmupSteps: not null, WarmupRatio: not null }
            && context.Places.Has($"{path}.schedule.warmup_ratio")
        )
        {
            Exclusive(context, $"{path}.schedule.warmup_ratio", $"{path}.schedule.warmup_steps");
        }

        (string Key, bool Given, string[] Kinds)[] shapes =
        [
            ("cycles", schedule.Cycles is not null, ["cosine", "cosine_with_restarts", "cosine_warmup_with_min_lr"]),
            ("warmup_floor", schedule.WarmupFloor is not null, ["cosine_warmup_with_min_lr"]),
            ("power", schedule.Power is not null, ["polynomial"]),
            ("decay_ratio", schedule.DecayRatio is not null, ["wsd"]),
            ("decay", schedule.Decay is not null, ["wsd"]),
        ];
        foreach (var (key, _, kinds) in shapes.Where(s => s.Given && !s.Kinds.Contains(schedule.Kind)))
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.schedule.{key}",
                $"'{key}' has no meaning for a schedule of the kind {schedule.Kind}",
                $"it belongs to {string.Join(" and ", kinds)}"
            );
        }

        if (schedule.WarmupSteps >= stage.MaxSteps)
        {
            context.AtValue(
                Codes.OutOfBounds,
                $"{path}.schedule.warmup_steps",
                $"the warm-up of {schedule.WarmupSteps} steps is as long as the training of {stage.MaxSteps}"
            );
        }
    }

    private static void CheckKeep(CheckContext context, string path, TrainingSection stage)
    {
        if (stage is { Validate.Samples: not null, Objective: not "completion" })
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.validate.samples",
                $"a stage with the objective '{stage.Objective}' answers nothing while it trains",
                "leave 'samples' out"
            );
        }

        if (stage is { Keep.Measure: "last", EarlyStop: not null })
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.early_stop",
                "'early_stop' has no measure to watch where the last weights are kept",
                "keep: { best: validation_loss }, or leave early_stop out"
            );
        }
    }

    private static void CheckNoValidation(CheckContext context, string path, TrainingSection stage)
    {
        var keys = new List<string>();
        keys.AddRange(stage.Keep is { Measure: not "last" } ? ["keep"] : []);
        keys.AddRange(stage.Validate is not null ? ["validate"] : []);
        keys.AddRange(stage.EarlyStop is not null ? ["early_stop"] : []);
        foreach (var key in keys)
        {
            context.AtKey(
                Codes.NoValidationRows,
                $"{path}.{key}",
                $"'{key}' wants validation rows, and the splits give none",
                "give the splits a validation part"
            );
        }
    }

    private static void Exclusive(CheckContext context, string first, string second)
    {
        var (a, b) = (context.Places.Key(first), context.Places.Key(second));
        var later = (a.Line, a.Column).CompareTo((b.Line, b.Column)) > 0 ? first : second;
        var other = later == first ? second : first;
        context.AtKey(
            Codes.Exclusive,
            later,
            $"'{Last(later)}' and '{Last(other)}' exclude each other",
            "keep one of them"
        );
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
