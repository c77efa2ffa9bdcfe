using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Qwen 2 and 2.5: biases on queries, keys and values; as <c>Qwen2ForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Qwen2(ModelConfig config, Placement at) : Decoder("qwen2", config, Read(config), at)
{
    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Only("use_mrope", "false");
        var options = DecoderOptions.Read(config);
        return options with { QueryKeyValueBias = true, Windows = SlidingWindows.OfQwen(config, options.Layers) };
    }
}
