using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// Phi-3 and Phi-4-mini: one projection for queries, keys and values, one for gate and up, a sliding window, part of
/// each head turns; as <c>Phi3ForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Phi3(ModelConfig config, Placement at) : Decoder("phi3", config, Read(config), at)
{
    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Dropouts("embd_pdrop", "resid_pdrop");
        config.Only("attention_bias", "false");
        config.Only("mlp_bias", "false");
        config.Only("lm_head_bias", "false");
        config.Unused("original_max_position_embeddings", "full_attn_mod", "interpolate_factor");
        var keys = new DecoderKeys
        {
            UsualPositions = 4096,
            UsualEpsilon = 1e-5,
            Rope = new RopeKeys { Partial = "partial_rotary_factor" },
        };
        var options = DecoderOptions.Read(config, keys);
        var window = SlidingWindows.OptionalSize(config);
        return options with
        {
            Names = new DecoderNames { QueryKeyValue = "qkv_proj", GateUp = "gate_up_proj" },
            Fused = FusedLayout.Blocks,
            Windows = SlidingWindows.ByRule(config, options.Layers, window, _ => true),
        };
    }
}
