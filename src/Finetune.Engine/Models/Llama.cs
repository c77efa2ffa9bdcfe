using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>The Llama family (Touvron et al. 2023), as <c>LlamaForCausalLM</c> of Transformers computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Llama(ModelConfig config, Placement at) : Decoder("llama", config, Read(config), at)
{
    internal static DecoderOptions Read(ModelConfig config)
    {
        var bias = config.Flag("attention_bias", false);
        return DecoderOptions.Read(config) with
        {
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = config.Flag("mlp_bias", false),
        };
    }
}
