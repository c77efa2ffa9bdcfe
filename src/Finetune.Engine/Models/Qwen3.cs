using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Qwen 3, dense: queries and keys are normed head by head; as <c>Qwen3ForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Qwen3(ModelConfig config, Placement at) : Decoder("qwen3", config, Read(config), at)
{
    private const int UsualHeadSize = 128;

    internal static DecoderOptions Read(ModelConfig config)
    {
        var bias = config.Flag("attention_bias", false);
        var options = DecoderOptions.Read(config, new DecoderKeys { UsualHeadSize = UsualHeadSize });
        return options with
        {
            QueryKeyValueBias = bias,
            OutputBias = bias,
            QueryKeyNorm = QueryKeyNorm.Head,
            Windows = SlidingWindows.OfQwen(config, options.Layers),
        };
    }
}
