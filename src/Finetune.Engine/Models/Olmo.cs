using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>OLMo 1: Llama whose norms have no parameters; as <c>OlmoForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Olmo(ModelConfig config, Placement at) : Decoder("olmo", config, Read(config), at)
{
    internal static DecoderOptions Read(ModelConfig config)
    {
        var bias = config.Flag("attention_bias", false);
        var keys = new DecoderKeys
        {
            HeadSize = null,
            Epsilon = null,
            UsualEpsilon = 1e-5,
        };
        return DecoderOptions.Read(config, keys) with
        {
            Norm = NormKind.LayerPlain,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            ProjectionClip = config.Cap("clip_qkv"),
        };
    }
}
