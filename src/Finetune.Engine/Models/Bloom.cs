using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>BLOOM: ALiBi, a norm on the embeddings; as <c>BloomForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Bloom(ModelConfig config, Placement at) : Decoder("bloom", config, Read(config), at)
{
    private const string NoKey = "intermediate_size";

    private static readonly DecoderNames Names = new()
    {
        Body = "transformer",
        Embedding = "word_embeddings",
        EmbeddingNorm = "word_embeddings_layernorm",
        Layers = "h",
        Norm = "ln_f",
        Attention = "self_attention",
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
            Hidden = config.Has("n_embed") ? "n_embed" : "hidden_size",
            Layers = config.Has("n_layer") ? "n_layer" : "num_hidden_layers",
            Heads = config.Has("n_head") ? "n_head" : "num_attention_heads",
            Positions = "seq_length",
            KeyValueHeads = null,
            HeadSize = null,
            Intermediate = NoKey,
            UsualIntermediate = 4,
            Epsilon = "layer_norm_epsilon",
            UsualEpsilon = 1e-5,
            UsualActivation = "gelu_new",
            UsuallyTied = true,
            HasDropout = true,
            Rope = null,
        };
        config.Dropouts("hidden_dropout");
        config.Only("apply_residual_connection_post_layernorm", "false");
        config.Only(NoKey);
        config.Only("hidden_act");
        // Other orders of the same products, and what the training code was told.
        config.Unused("slow_but_exact", "masked_softmax_fusion", "bias_dropout_fusion", "skip_bias_add");
        config.Unused("skip_bias_add_qkv", "attention_softmax_in_fp32", "offset_alibi", "n_inner");
        config.Unused("num_attention_heads", "num_hidden_layers", "hidden_size");
        return DecoderOptions.Read(config, keys) with
        {
            Names = Names,
            Norm = NormKind.Layer,
            Fused = FusedLayout.Groups,
            QueryKeyValueBias = true,
            OutputBias = true,
            MlpBias = true,
            Alibi = AlibiKind.Scaled,
        };
    }
}
