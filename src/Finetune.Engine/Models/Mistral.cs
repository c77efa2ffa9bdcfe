using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Mistral: a sliding window in every layer; as <c>MistralForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Mistral(ModelConfig config, Placement at) : Decoder("mistral", config, Read(config), at)
{
    internal static DecoderOptions Read(ModelConfig config)
    {
        var options = DecoderOptions.Read(config);
        var window = SlidingWindows.OptionalSize(config);
        return options with { Windows = SlidingWindows.ByRule(config, options.Layers, window, _ => true) };
    }
}
