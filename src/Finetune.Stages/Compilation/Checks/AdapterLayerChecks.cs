using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Planning;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Adapters on some layers: whether the model has them, and what may be computed once below them.</summary>
internal static class AdapterLayerChecks
{
    /// <summary>Checks the model's adapter and every stage.</summary>
    public static void Check(CheckContext context, ResolvedModel? model)
    {
        var settings = context.Settings;
        if (settings.Model.Adapter is { } adapter)
        {
            CheckLayers(context, "model.adapter.layers", adapter, model);
        }

        foreach (var (i, stage) in settings.Training.Index())
        {
            if (stage.Adapter?.Fresh is { } fresh)
            {
                CheckLayers(context, $"training[{i}].adapter.layers", fresh, model);
            }

            if (
                stage.CachePrefix == true
                // Of an adapter that is at fault nothing more can be said.
                && !context.Findings.HasErrorAt("model.adapter")
                && !context.Findings.HasErrorAt($"training[{i}].adapter")
                && PrefixPlan.Hindrance(settings, i) is { } hindrance
            )
            {
                context.AtKey(
                    Codes.Meaningless,
                    $"training[{i}].cache_prefix",
                    $"there are no frozen layers that could be run once, because {hindrance}",
                    "leave 'cache_prefix' out"
                );
            }
        }
    }

    private static void CheckLayers(CheckContext context, string path, AdapterSection adapter, ResolvedModel? model)
    {
        if (adapter.Layers is not { } layers)
        {
            return;
        }

        if (adapter.StartFrom is not null)
        {
            context.AtKey(
                Codes.Meaningless,
                path,
                "the adapter to start from says itself which layers it sits on",
                "leave 'layers' out"
            );
            return;
        }

        if (model?.HasEncoder == true)
        {
            context.AtKey(
                Codes.Meaningless,
                path,
                "layers are meant by number, and an encoder beside a decoder is not one stack of them",
                "leave 'layers' out, or name modules: targets: [q, v]"
            );
        }
        else if (model?.Layers is { } count && (layers.Last ?? layers.Numbers!.Max() + 1) > count)
        {
            context.AtValue(
                Codes.OutOfBounds,
                path,
                layers.Last is { } last
                    ? $"the adapter is to sit on the last {last} layers, the model has {count}"
                    : $"the adapter is to sit on layer {layers.Numbers!.Max()}, the model has layers 0 to {count - 1}",
                layers.Last is null ? $"to count from the last one: layers: {{ last: {Math.Min(2, count)} }}" : null
            );
        }
    }
}
