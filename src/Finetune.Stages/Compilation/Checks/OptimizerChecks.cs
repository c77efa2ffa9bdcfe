using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Constants that an optimizer does not have, and those that do not go together.</summary>
internal static class OptimizerChecks
{
    private static readonly string[] Moments = ["adamw", "adamw_8bit", "adam", "muon"];
    private static readonly string[] RateKeys = ["learning_rate", "schedule"];

    /// <summary>Checks the optimizer of a stage.</summary>
    public static void Check(CheckContext context, string path, TrainingSection stage)
    {
        var optimizer = stage.Optimizer;
        (string Key, bool Given, string[] Kinds)[] constants =
        [
            ("beta1", optimizer.Beta1 is not null, [.. Moments, "lion", "adafactor"]),
            ("beta2", optimizer.Beta2 is not null, [.. Moments, "lion"]),
            ("epsilon", optimizer.Epsilon is not null, [.. Moments, "adafactor"]),
            ("momentum", optimizer.Momentum is not null, ["sgd", "muon"]),
            ("nesterov", optimizer.Nesterov is not null, ["sgd", "muon"]),
            ("dampening", optimizer.Dampening is not null, ["sgd"]),
            ("decay_rate", optimizer.DecayRate is not null, ["adafactor"]),
            ("clip_threshold", optimizer.ClipThreshold is not null, ["adafactor"]),
            ("scale_parameter", optimizer.ScaleParameter is not null, ["adafactor"]),
            ("relative_step", optimizer.RelativeStep is not null, ["adafactor"]),
            ("warmup_init", optimizer.WarmupInit is not null, ["adafactor"]),
            ("ns_steps", optimizer.NsSteps is not null, ["muon"]),
            ("adjust_lr", optimizer.AdjustLr is not null, ["muon"]),
        ];
        foreach (var (key, _, kinds) in constants.Where(c => c.Given && !c.Kinds.Contains(optimizer.Kind)))
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.optimizer.{key}",
                $"'{key}' has no meaning for {optimizer.Kind}",
                $"it belongs to {string.Join(", ", kinds)}"
            );
        }

        if (optimizer.NoDecay is not null && optimizer.WeightDecay == 0)
        {
            Meaningless(context, $"{path}.optimizer.no_decay", "'no_decay' has no meaning without a weight_decay");
        }

        CheckSgd(context, path, optimizer);
        CheckRelativeStep(context, path, stage);
    }

    private static void CheckSgd(CheckContext context, string path, OptimizerSection optimizer)
    {
        if (optimizer is { Kind: "sgd", Nesterov: true } and not { Momentum: > 0, Dampening: null or 0 })
        {
            context.AtKey(
                Codes.OutOfBounds,
                $"{path}.optimizer.nesterov",
                "'nesterov' wants a momentum above 0 and no dampening",
                "momentum: 0.9"
            );
        }
    }

    private static void CheckRelativeStep(CheckContext context, string path, TrainingSection stage)
    {
        if (stage.Optimizer.RelativeStep != true)
        {
            if (stage.Optimizer.WarmupInit == true)
            {
                Meaningless(
                    context,
                    $"{path}.optimizer.warmup_init",
                    "'warmup_init' has no meaning without relative_step"
                );
            }

            return;
        }

        foreach (var key in RateKeys.Where(k => context.Places.Has($"{path}.{k}")))
        {
            Meaningless(
                context,
                $"{path}.{key}",
                $"'{key}' has no meaning with relative_step, where the rate follows from the step"
            );
        }
    }

    private static void Meaningless(CheckContext context, string path, string message) =>
        context.AtKey(Codes.Meaningless, path, message, "leave it out");
}
