using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// Falcon: one key-value head, a few, or one a head; rotary positions or ALiBi; as <c>FalconForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Falcon(ModelConfig config, Placement at) : Decoder("falcon", config, Read(config), at)
{
    private static readonly DecoderNames Names = new()
    {
        Body = "transformer",
        Embedding = "word_embeddings",
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
        config.Dropouts("hidden_dropout");
        config.Only("apply_residual_connection_post_layernorm", "false");
        var alibi = config.Flag("alibi", false);
        var grouped = config.Flag("new_decoder_architecture", false);
        var single = config.Flag("multi_query", true);
        var parallel = config.Flag("parallel_attn", true) || grouped;
        var norms = config.Size("num_ln_in_parallel_attn", grouped ? 2 : 1);
        var bias = config.Flag("bias", false);
        var options = DecoderOptions.Read(config, Keys(config, grouped, alibi));
        if (!grouped)
        {
            config.Unused("num_kv_heads");
        }

        if (norms > 2 || (norms == 2 && !grouped))
        {
            throw config.Wrong("num_ln_in_parallel_attn", norms, "1, or 2 with new_decoder_architecture");
        }

        config.Unused("rope_theta", "rope_scaling", "rope_parameters");
        return options with
        {
            Names =
                norms == 2 ? Names with { BeforeAttention = "ln_attn", BeforeMlp = "ln_mlp" }
                : parallel ? Names with { BeforeMlp = null }
                : Names,
            KeyValueHeads = single && !grouped ? 1 : options.KeyValueHeads,
            Norm = NormKind.Layer,
            Fused = FusedLayout.Groups,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = bias,
            Alibi = alibi ? AlibiKind.Unscaled : AlibiKind.None,
            Parallel = parallel,
        };
    }

    // Files of the first release say n_head and n_layer.
    private static DecoderKeys Keys(ModelConfig config, bool grouped, bool alibi) =>
        new()
        {
            Layers = config.Has("n_layer") ? "n_layer" : "num_hidden_layers",
            Heads = config.Has("n_head") ? "n_head" : "num_attention_heads",
            KeyValueHeads = grouped ? "num_kv_heads" : null,
            HeadSize = null,
            Intermediate = "ffn_hidden_size",
            UsualIntermediate = 4,
            Epsilon = "layer_norm_epsilon",
            UsualEpsilon = 1e-5,
            Activation = "activation",
            UsualActivation = "gelu",
            UsuallyTied = true,
            HasDropout = true,
            Rope = alibi ? null : new RopeKeys(),
        };
}
