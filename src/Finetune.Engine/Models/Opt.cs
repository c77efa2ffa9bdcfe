using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>OPT (Zhang et al. 2022): learned positions that begin at row 2; as <c>OPTForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Opt(ModelConfig config, Placement at) : Decoder("opt", config, Read(config), at)
{
    private static readonly DecoderKeys Keys = new()
    {
        KeyValueHeads = null,
        HeadSize = null,
        Intermediate = "ffn_dim",
        Epsilon = null,
        UsualEpsilon = 1e-5,
        Activation = "activation_function",
        UsualActivation = "relu",
        UsuallyTied = true,
        HasDropout = true,
        Rope = null,
    };

    private static readonly DecoderNames Names = new()
    {
        Body = "model.decoder",
        Positions = "embed_positions",
        Norm = "final_layer_norm",
        BeforeAttention = "self_attn_layer_norm",
        Output = "out_proj",
        BeforeMlp = "final_layer_norm",
        Mlp = "",
        Gate = null,
        Up = "fc1",
        Down = "fc2",
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Dropouts("dropout", "activation_dropout", "layerdrop");
        config.Only("do_layer_norm_before", "true");
        config.Only("_remove_final_layer_norm", "false");
        config.Only("layer_norm_elementwise_affine", "true");
        config.Unused("init_std");
        var bias = config.Flag("enable_bias", true);
        var options = DecoderOptions.Read(config, Keys);
        config.Only("word_embed_proj_dim", $"{options.HiddenSize}");
        return options with
        {
            Names = Names,
            Norm = NormKind.Layer,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = bias,
            PositionOffset = 2,
        };
    }
}
