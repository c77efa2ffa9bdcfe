using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads a training stage.</summary>
internal static class TrainingBinder
{
    /// <summary>The stage; without a name after a fault.</summary>
    public static TrainingSection Bind(ObjectReader reader) =>
        new()
        {
            Name = Name(reader.Need("name")),
            Templates = reader.Texts("templates"),
            Objective = reader.Find("objective")?.Word("completion", "language-model", "preference") ?? "completion",
            Preference = PreferenceBinder.Bind(reader.Object("preference")),
            Adapter = AdapterBinder.OfStage(reader.Find("adapter")),
            Epochs = reader.Whole("epochs", Bounds.FromOne),
            MaxSteps = reader.Whole("max_steps", Bounds.FromOne),
            BatchSize = reader.Whole("batch_size", Bounds.FromOne) ?? 16,
            MicroBatchSize = reader.Whole("micro_batch_size", Bounds.FromOne),
            Checkpointing = reader.Find("checkpointing")?.Word("none", "layer", "auto") ?? "none",
            CachePrefix = reader.Find("cache_prefix")?.Flag(),
            Shuffle = reader.Find("shuffle")?.Flag() ?? true,
            LearningRate = reader.Number("learning_rate", Bounds.Positive),
            Schedule = Schedule(reader.Find("schedule")),
            Optimizer = OptimizerBinder.Bind(reader.Find("optimizer")),
            OptimizerInBackward = reader.Find("optimizer_in_backward")?.Flag() ?? false,
            LoraplusLrRatio = reader.Number("loraplus_lr_ratio", Bounds.Positive),
            LayerLrDecay = reader.Number("layer_lr_decay", Bounds.AboveZeroToOne),
            TrainOnly = reader.Texts("train_only"),
            Freeze = reader.Texts("freeze"),
            NeftuneNoiseAlpha = reader.Number("neftune_noise_alpha", Bounds.Positive),
            LabelSmoothing = reader.Number("label_smoothing", Bounds.BelowOne) ?? 0,
            ZLoss = reader.Number("z_loss", Bounds.NotNegative) ?? 0,
            EmaDecay = reader.Number("ema_decay", Bounds.BelowOne),
            MaxMinutes = reader.Number("max_minutes", Bounds.Positive),
            LossWatchdog = reader.Object("loss_watchdog").Closed(Watchdog),
            Log = Log(reader.Find("log")),
            MaxGradNorm = reader.Number("max_grad_norm", Bounds.NotNegative) ?? 1.0,
            Validate = reader
                .Object("validate")
                .Closed(v => new ValidateSection
                {
                    Every = (int)(v.Need("every")?.Whole(Int) ?? 1),
                    Samples = v.Whole("samples", new Bounds(1, 100)),
                }),
            Keep = Keep(reader.Find("keep")),
            EarlyStop = reader.Whole("early_stop", Bounds.FromOne),
        };

    private static Bounds Int { get; } = new(1, int.MaxValue);

    private static string Name(ValueReader? value) =>
        value?.Text() is { } name && PipelineBinder.CheckName(value.Findings, name, value.Node.Span, value.Path)
            ? name
            : "";

    private static readonly string[] Schedules =
    [
        "constant",
        "linear",
        "cosine",
        "cosine_with_restarts",
        "cosine_warmup_with_min_lr",
        "polynomial",
        "inverse_sqrt",
        "wsd",
    ];

    private static ScheduleSection Schedule(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                return new ScheduleSection();
            case ScalarNode { Value: string word }:
                var kind = value.KnownWord(word, Schedules) ?? "cosine";
                return new ScheduleSection
                {
                    Kind = kind,
                    WarmupRatio = 0,
                    Floor = 0,
                };
            case MappingNode:
                return value.Object(value.Node.Span).Closed(Schedule)!;
            default:
                value.WrongShape([.. Schedules, "{ kind: cosine, warmup_ratio: 0.03, floor: 0.1 }"]);
                return new ScheduleSection();
        }
    }

    private static ScheduleSection Schedule(ObjectReader reader) =>
        new()
        {
            Kind = reader.Find("kind")?.Word(Schedules) ?? "cosine",
            WarmupRatio = reader.Number("warmup_ratio", Bounds.Share),
            WarmupSteps = reader.Whole("warmup_steps", Bounds.NotNegative),
            Floor = reader.Number("floor", Bounds.Share) ?? 0.1,
            Cycles = reader.Number("cycles", Bounds.ToThousand),
            Power = reader.Number("power", Bounds.ToThousand),
            DecayRatio = reader.Number("decay_ratio", Bounds.Share),
            WarmupFloor = reader.Number("warmup_floor", Bounds.Share),
            Decay = reader.Find("decay")?.Word("cosine", "linear", "1-sqrt"),
        };

    private static WatchdogSection Watchdog(ObjectReader reader) =>
        new()
        {
            Factor = reader.Number("factor", new Bounds(1, AboveMinimum: true)) ?? 3,
            Patience = reader.Whole("patience", Bounds.FromOne) ?? 3,
            Window = reader.Whole("window", new Bounds(1, 1000)) ?? 20,
        };

    private static string[]? Log(ValueReader? value) =>
        value
            ?.Items()
            ?.Select(item => item.Word("noise_scale", "entropy", "mean_token_accuracy"))
            .OfType<string>()
            .Distinct()
            .ToArray();

    private static KeepRule? Keep(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                return null;
            case ScalarNode { Value: string word }:
                return value.KnownWord(word, ["last"]) is { } last ? new KeepRule(last) : null;
            case MappingNode:
                var measure = value
                    .Object(value.Node.Span)
                    .Closed(o => o.Need("best")?.Word("validation_loss", "validation_accuracy") ?? "validation_loss");
                return new KeepRule(measure!);
            default:
                value.WrongShape("last", "{ best: validation_loss }", "{ best: validation_accuracy }");
                return null;
        }
    }
}
