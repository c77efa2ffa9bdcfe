using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads the optimizer: its name, or an object with its constants.</summary>
internal static class OptimizerBinder
{
    private static readonly string[] Kinds = ["adamw", "adamw_8bit", "adam", "adafactor", "sgd", "lion", "muon"];

    /// <summary>The optimizer; the default after a fault.</summary>
    public static OptimizerSection Bind(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                return new OptimizerSection();
            case ScalarNode { Value: string word }:
                return new OptimizerSection { Kind = value.KnownWord(word, Kinds) ?? "adamw" };
            case MappingNode:
                return value.Object(value.Node.Span).Closed(Constants)!;
            default:
                value.WrongShape([.. Kinds, "{ kind: adamw, weight_decay: 0.01 }"]);
                return new OptimizerSection();
        }
    }

    private static OptimizerSection Constants(ObjectReader reader) =>
        new()
        {
            Kind = reader.Find("kind")?.Word(Kinds) ?? "adamw",
            Beta1 = reader.Number("beta1", Bounds.BelowOne),
            Beta2 = reader.Number("beta2", Bounds.BelowOne),
            Epsilon = reader.Number("epsilon", Bounds.Positive),
            WeightDecay = reader.Number("weight_decay", Bounds.NotNegative) ?? 0,
            NoDecay = reader.Texts("no_decay"),
            Momentum = reader.Number("momentum", Bounds.BelowOne),
            Nesterov = reader.Find("nesterov")?.Flag(),
            Dampening = reader.Number("dampening", Bounds.Share),
            DecayRate = reader.Number("decay_rate", new Bounds(-10, 0, BelowMaximum: true)),
            ClipThreshold = reader.Number("clip_threshold", Bounds.Positive),
            ScaleParameter = reader.Find("scale_parameter")?.Flag(),
            RelativeStep = reader.Find("relative_step")?.Flag(),
            WarmupInit = reader.Find("warmup_init")?.Flag(),
            NsSteps = reader.Whole("ns_steps", new Bounds(1, 100)),
            AdjustLr = reader.Find("adjust_lr")?.Word("match_rms_adamw", "original"),
        };
}
