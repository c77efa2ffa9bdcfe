using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// OLMo 2: norms after attention and feed-forward part instead of before, queries and keys normed as a whole; as
/// <c>Olmo2ForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Olmo2(ModelConfig config, Placement at) : Decoder("olmo2", config, Read(config), at)
{
    private static readonly DecoderNames Names = new()
    {
        BeforeAttention = null,
        AfterAttention = "post_attention_layernorm",
        BeforeMlp = null,
        AfterMlp = "post_feedforward_layernorm",
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        var bias = config.Flag("attention_bias", false);
        return DecoderOptions.Read(config, new DecoderKeys { UsualEpsilon = 1e-5 }) with
        {
            Names = Names,
            QueryKeyNorm = QueryKeyNorm.Whole,
            QueryKeyValueBias = bias,
            OutputBias = bias,
        };
    }
}
