using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads adapters: the model's, and what training stages say of theirs.</summary>
internal static class AdapterBinder
{
    /// <summary>The adapter; null where there is none.</summary>
    public static AdapterSection? Bind(ObjectReader? reader) =>
        reader.Closed(r => new AdapterSection
        {
            Kind = r.Need("kind")?.Word("lora") ?? "lora",
            Rank = r.Whole("rank", new Bounds(1, 65536)) ?? 16,
            Alpha = r.Number("alpha", Bounds.Positive) ?? 32,
            Dropout = r.Number("dropout", Bounds.BelowOne) ?? 0,
            Rslora = r.Find("rslora")?.Flag() ?? false,
            Targets = Targets(r.Find("targets")),
            Layers = Layers(r.Find("layers")),
            Dora = r.Find("dora")?.Flag() ?? false,
            ModulesToSave = r.Texts("modules_to_save"),
            Bias = r.Find("bias")?.Word("none", "all", "lora_only") ?? "none",
            StartFrom = r.Text("start_from"),
        });

    /// <summary>What a training stage says of its adapter: a word, or an adapter of its own.</summary>
    public static StageAdapter? OfStage(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                return null;
            case ScalarNode { Value: string word }:
                return value.KnownWord(word, ["continue", "merge", "none"]) is { } known
                    ? new StageAdapter(known, Fresh: null)
                    : null;
            case MappingNode:
                return new StageAdapter("merge", Bind(value.Object(value.Node.Span)));
            default:
                value.WrongShape("continue", "merge", "none", "{ kind: lora, rank: 16, alpha: 32 }");
                return null;
        }
    }

    private static AdapterTargets Targets(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                break;
            case ScalarNode { Value: string word }:
                value.KnownWord(word, ["all-linear"]);
                break;
            case SequenceNode:
                return new AdapterTargets(value.Texts());
            default:
                value.WrongShape("all-linear", "a list of module names");
                break;
        }

        return new AdapterTargets(Modules: null);
    }

    private static AdapterLayers? Layers(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                return null;
            case SequenceNode:
                return LayerNumbers(value);
            case MappingNode:
                var last = value
                    .Object(value.Node.Span)
                    .Closed(o => new Last(o.Need("last")?.Whole(Bounds.LayerCount)));
                return last?.Count is { } count ? new AdapterLayers((int)count, null) : null;
            default:
                value.WrongShape("{ last: 4 }", "a list of layer numbers");
                return null;
        }
    }

    private static AdapterLayers? LayerNumbers(ValueReader value)
    {
        var numbers = new List<int>();
        foreach (var item in value.Items(mayBeEmpty: false) ?? [])
        {
            if (item.Whole(Bounds.LayerNumber) is not { } number)
            {
                continue;
            }

            if (numbers.Contains((int)number))
            {
                value.Findings.Add(Codes.Repeated, item.Node.Span, item.Path, $"layer {number} is there twice");
            }

            numbers.Add((int)number);
        }

        return numbers.Count > 0 ? new AdapterLayers(null, numbers) : null;
    }

    private sealed record Last(long? Count);
}
