using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// GPT-NeoX and Pythia: part of each head turns, attention and feed-forward part side by side; as
/// <c>GPTNeoXForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class GptNeoX(ModelConfig config, Placement at) : Decoder("gpt_neox", config, Read(config), at)
{
    private static readonly DecoderNames Names = new()
    {
        Body = "gpt_neox",
        Head = "embed_out",
        Embedding = "embed_in",
        Norm = "final_layer_norm",
        Attention = "attention",
        QueryKeyValue = "query_key_value",
        Output = "dense",
        Gate = null,
        Up = "dense_h_to_4h",
        Down = "dense_4h_to_h",
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        var keys = new DecoderKeys
        {
            KeyValueHeads = null,
            HeadSize = null,
            Epsilon = "layer_norm_eps",
            UsualEpsilon = 1e-5,
            UsualActivation = "gelu",
            HasDropout = true,
            Rope = new RopeKeys
            {
                Theta = config.Has("rotary_emb_base") ? "rotary_emb_base" : "rope_theta",
                Partial = config.Has("rotary_pct") ? "rotary_pct" : "partial_rotary_factor",
                UsualPartial = 0.25,
            },
        };
        config.Dropouts("hidden_dropout");
        config.Unused("rope_theta", "partial_rotary_factor");
        var bias = config.Flag("attention_bias", true);
        return DecoderOptions.Read(config, keys) with
        {
            Names = Names,
            Norm = NormKind.Layer,
            Fused = FusedLayout.Groups,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = true,
            Parallel = config.Flag("use_parallel_residual", true),
        };
    }
}
