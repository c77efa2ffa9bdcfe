using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>SmolLM 3: Llama in which every fourth layer turns nothing; as <c>SmolLM3ForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class SmolLm3(ModelConfig config, Placement at) : Decoder("smollm3", config, Read(config), at)
{
    private const string LayersKey = "no_rope_layers";
    private const double UsualTheta = 2_000_000;

    internal static DecoderOptions Read(ModelConfig config)
    {
        var keys = new DecoderKeys
        {
            UsualPositions = 32_768,
            UsuallyTied = true,
            Rope = new RopeKeys { UsualTheta = UsualTheta },
        };
        var options = DecoderOptions.Read(config, keys);
        var bias = config.Flag("attention_bias", false);
        var turns = Turns(config, options.Layers);
        var size = SlidingWindows.OptionalSize(config);
        var window = config.Flag("use_sliding_window", false) ? size : null;
        config.Unused("max_window_layers");
        return options with
        {
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = config.Flag("mlp_bias", false),
            LayerRopes = [.. turns.Select(turn => turn ? options.Rope : null)],
            Windows = SlidingWindows.ByRule(config, options.Layers, window, layer => !turns[layer]),
        };
    }

    // The key's name says the opposite: 1 is a layer that has rotary positions.
    private static IReadOnlyList<bool> Turns(ModelConfig config, int layers)
    {
        var interval = config.Size("no_rope_layer_interval", 4);
        return config.Value(LayersKey) switch
        {
            null => [.. Enumerable.Range(1, layers).Select(layer => layer % interval != 0)],
            JsonArray list when list.Count == layers && list.All(IsFlag) =>
            [
                .. list.Select(item => item!.GetValue<int>() == 1),
            ],
            var other => throw config.Wrong(LayersKey, other, $"a list of {layers} zeros and ones"),
        };
    }

    private static bool IsFlag(JsonNode? item) =>
        item?.GetValueKind() == JsonValueKind.Number && item.AsValue().TryGetValue<int>(out var flag) && flag is 0 or 1;
}
