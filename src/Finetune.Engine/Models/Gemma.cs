using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Gemma: norms from one, scaled embeddings, a gated GELU; as <c>GemmaForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Gemma(ModelConfig config, Placement at) : Decoder("gemma", config, Read(config), at)
{
    /// <summary>What the line shares.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="activation">The key of the activation.</param>
    /// <param name="rope">The keys of rotary positions.</param>
    internal static DecoderOptions ReadLine(ModelConfig config, string activation, RopeKeys? rope)
    {
        config.Only("use_bidirectional_attention", "false");
        var bias = config.Flag("attention_bias", false);
        var options = DecoderOptions.Read(
            config,
            new DecoderKeys
            {
                Activation = activation,
                UsualActivation = "gelu_pytorch_tanh",
                UsualHeadSize = 256,
                UsualPositions = 8192,
                UsuallyTied = true,
                Rope = rope,
            }
        );
        return options with
        {
            Norm = NormKind.RmsFromOne,
            EmbeddingScale = Math.Sqrt(options.HiddenSize),
            QueryKeyValueBias = bias,
            OutputBias = bias,
        };
    }

    // hidden_act of published files says "gelu" and means the tanh form: it was never read as the erf form.
    private static DecoderOptions Read(ModelConfig config)
    {
        var activation = config.Has("hidden_activation") ? "hidden_activation" : "hidden_act";
        config.Value("hidden_act");
        var options = ReadLine(config, activation, new RopeKeys());
        return activation == "hidden_act" ? options with { Activation = Activation.GeluTanh } : options;
    }
}
