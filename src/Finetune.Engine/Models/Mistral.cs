using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Mistral: a sliding window in every layer; as <c>MistralForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Mistral(ModelConfig config, Placement at) : Decoder("mistral", config, Read(config), at)
{
    private static DecoderOptions Read(ModelConfig config)
    {
        var options = DecoderOptions.Read(config);
        var usual = config.Has("sliding_window") ? SlidingWindows.Size(config) : (int?)null;
        return options with
        {
            Windows =
                SlidingWindows.ByTypes(config, options.Layers, usual) ?? [.. Enumerable.Repeat(usual, options.Layers)],
        };
    }
}
