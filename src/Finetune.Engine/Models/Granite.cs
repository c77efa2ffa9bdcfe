using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Granite: Llama with factors on embeddings, scores, branches and logits; as <c>GraniteForCausalLM</c> has it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Granite(ModelConfig config, Placement at) : Decoder("granite", config, Read(config), at)
{
    internal static DecoderOptions Read(ModelConfig config)
    {
        var bias = config.Flag("attention_bias", false);
        var divisor = config.Number("logits_scaling", 1);
        return DecoderOptions.Read(config, new DecoderKeys { HasDropout = true }) with
        {
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = config.Flag("mlp_bias", false),
            EmbeddingScale = config.Number("embedding_multiplier", 1),
            ScoreScale = config.Number("attention_multiplier", 1),
            ResidualScale = config.Number("residual_multiplier", 1),
            LogitScale =
                divisor != 0 ? 1 / divisor : throw config.Wrong("logits_scaling", divisor, "a number other than 0"),
        };
    }
}
