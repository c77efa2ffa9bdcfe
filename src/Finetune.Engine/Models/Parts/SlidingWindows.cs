using System.Text.Json.Nodes;

namespace Finetune.Engine.Models.Parts;

/// <summary>Reads which layers see only the last tokens. <c>layer_types</c>, where given, wins over a family's rule.</summary>
internal static class SlidingWindows
{
    private const string SizeKey = "sliding_window";
    private const string TypesKey = "layer_types";
    private const int UsualWindowLayers = 28;

    /// <summary>How many tokens a window holds.</summary>
    public static int Size(ModelConfig config) => config.Size(SizeKey);

    /// <summary>The windows that <c>layer_types</c> asks for, or null without it.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="layers">How many layers.</param>
    /// <param name="window">What a sliding layer sees.</param>
    public static IReadOnlyList<int?>? ByTypes(ModelConfig config, int layers, int? window)
    {
        if (config.Value(TypesKey) is not { } value)
        {
            return null;
        }

        if (value is not JsonArray list || list.Count != layers)
        {
            throw config.Wrong(TypesKey, value, $"a list of {layers} words, one a layer");
        }

        return
        [
            .. list.Select(item =>
                item?.ToString() switch
                {
                    "full_attention" => (int?)null,
                    "sliding_attention" => window ?? throw config.Wrong(TypesKey, item, $"a number at {SizeKey} too"),
                    _ => throw config.Wrong(TypesKey, value, "full_attention or sliding_attention"),
                }
            ),
        ];
    }

    /// <summary>The windows of <c>layer_types</c>, or of a family's rule where it is not given.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="layers">How many layers.</param>
    /// <param name="window">What a sliding layer sees; null: no layer slides by the rule.</param>
    /// <param name="slides">The rule, by a layer's place from 0.</param>
    public static IReadOnlyList<int?> ByRule(ModelConfig config, int layers, int? window, Func<int, bool> slides) =>
        ByTypes(config, layers, window)
        ?? [.. Enumerable.Range(0, layers).Select(layer => slides(layer) ? window : null)];

    /// <summary>The size of a window, or null where the file has none.</summary>
    public static int? OptionalSize(ModelConfig config) => config.Has(SizeKey) ? Size(config) : null;

    /// <summary>Qwen's rule: with <c>use_sliding_window</c>, layers from <c>max_window_layers</c> on slide.</summary>
    public static IReadOnlyList<int?> OfQwen(ModelConfig config, int layers)
    {
        var sliding = config.Flag("use_sliding_window", false);
        var size = OptionalSize(config);
        var first = config.Id("max_window_layers") ?? UsualWindowLayers;
        return ByRule(config, layers, sliding ? size : null, layer => layer >= first);
    }
}
