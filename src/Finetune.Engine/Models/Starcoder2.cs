using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>StarCoder 2: layer norms, biases, no gate; as <c>Starcoder2ForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Starcoder2(ModelConfig config, Placement at) : Decoder("starcoder2", config, Read(config), at)
{
    private static readonly DecoderKeys Keys = new()
    {
        UsualPositions = 4096,
        Epsilon = "norm_epsilon",
        UsualEpsilon = 1e-5,
        UsualActivation = "gelu_pytorch_tanh",
        UsuallyTied = true,
        HasDropout = true,
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Dropouts("residual_dropout", "embedding_dropout");
        // Left over from training; the other keys say the same.
        config.Unused("layer_norm_epsilon", "activation_function", "attention_softmax_in_fp32");
        config.Only("mlp_type", "\"default\"");
        config.Only("norm_type", "\"layer_norm\"");
        config.Only("scale_attn_weights", "true");
        config.Unused("scale_attention_softmax_in_fp32");
        var options = DecoderOptions.Read(config, Keys);
        var bias = config.Flag("use_bias", true);
        var window = SlidingWindows.OptionalSize(config);
        return options with
        {
            Names = new DecoderNames
            {
                Gate = null,
                Up = "c_fc",
                Down = "c_proj",
            },
            Norm = NormKind.Layer,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = bias,
            Windows = SlidingWindows.ByRule(config, options.Layers, window, _ => true),
        };
    }
}
