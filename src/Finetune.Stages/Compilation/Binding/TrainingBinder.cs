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
            Objective = reader.Find("objective")?.Word("completion", "language-model") ?? "completion",
            Epochs = reader.Whole("epochs", Bounds.FromOne),
            MaxSteps = reader.Whole("max_steps", Bounds.FromOne),
            BatchSize = reader.Whole("batch_size", Bounds.FromOne) ?? 16,
            MicroBatchSize = reader.Whole("micro_batch_size", Bounds.FromOne),
            Checkpointing = reader.Find("checkpointing")?.Word("none", "layer") ?? "none",
            Shuffle = reader.Find("shuffle")?.Flag() ?? true,
            LearningRate = reader.Number("learning_rate", Bounds.Positive),
            Schedule = Schedule(reader.Find("schedule")),
            Optimizer = reader.Object("optimizer").Closed(Optimizer) ?? new OptimizerSection(),
            MaxGradNorm = reader.Number("max_grad_norm", Bounds.NotNegative) ?? 1.0,
            Validate = reader
                .Object("validate")
                .Closed(v => new ValidateSection { Every = (int)(v.Need("every")?.Whole(Int) ?? 1) }),
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
            Decay = reader.Find("decay")?.Word("cosine", "linear", "1-sqrt"),
        };

    private static OptimizerSection Optimizer(ObjectReader reader) =>
        new()
        {
            Kind = reader.Find("kind")?.Word("adamw") ?? "adamw",
            Beta1 = reader.Number("beta1", Bounds.BelowOne) ?? 0.9,
            Beta2 = reader.Number("beta2", Bounds.BelowOne) ?? 0.999,
            Epsilon = reader.Number("epsilon", Bounds.Positive) ?? 1e-8,
            WeightDecay = reader.Number("weight_decay", Bounds.NotNegative) ?? 0,
        };

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
