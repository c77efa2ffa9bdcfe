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

    // Published files say "gelu" at hidden_act and mean the tanh form, which hidden_activation names where it is there.
    internal static DecoderOptions Read(ModelConfig config)
    {
        var named = config.Has("hidden_activation");
        var plain = config.Text("hidden_act") is "gelu";
        var options = ReadLine(config, named ? "hidden_activation" : "hidden_act", new RopeKeys());
        return !named && plain ? options with { Activation = Activation.GeluTanh } : options;
    }
}
