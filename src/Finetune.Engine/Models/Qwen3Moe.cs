using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Qwen 3 with a mixture of experts; as <c>Qwen3MoeForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Qwen3Moe(ModelConfig config, Placement at) : Decoder("qwen3_moe", config, Read(config), at)
{
    private const string DenseKey = "mlp_only_layers";

    internal static DecoderOptions Read(ModelConfig config)
    {
        // An auxiliary loss is another objective.
        config.Only("output_router_logits", "false");
        config.Unused("router_aux_loss_coef", "max_window_layers");
        var bias = config.Flag("attention_bias", false);
        var options = DecoderOptions.Read(config, new DecoderKeys { UsualPositions = 32_768 });
        var size = SlidingWindows.OptionalSize(config);
        var window = config.Flag("use_sliding_window", false) ? size : null;
        return options with
        {
            QueryKeyValueBias = bias,
            OutputBias = bias,
            QueryKeyNorm = QueryKeyNorm.Head,
            Windows = SlidingWindows.ByRule(config, options.Layers, window, _ => true),
            Experts = new ExpertOptions(
                config.Size("num_experts", 128),
                config.Size("num_experts_per_tok", 8),
                config.Size("moe_intermediate_size", 768),
                config.Flag("norm_topk_prob", false),
                options.Names
            )
            {
                DenseLayers = Dense(config, options.Layers),
            },
        };
    }

    private static IReadOnlyList<int> Dense(ModelConfig config, int layers)
    {
        var step = config.Size("decoder_sparse_step", 1);
        var named = config.Value(DenseKey) switch
        {
            null => [],
            JsonArray list when list.All(i => i?.GetValueKind() == JsonValueKind.Number) => list.Select(i =>
                    i!.GetValue<int>()
                )
                .ToArray(),
            var other => throw config.Wrong(DenseKey, other, "a list of layers"),
        };
        return [.. Enumerable.Range(0, layers).Where(layer => named.Contains(layer) || (layer + 1) % step != 0)];
    }
}
