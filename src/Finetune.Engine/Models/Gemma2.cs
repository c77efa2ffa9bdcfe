using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// Gemma 2: four norms a layer, scores and logits bent by a hyperbolic tangent, every second layer slides from the
/// first on; as <c>Gemma2ForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Gemma2(ModelConfig config, Placement at) : Decoder("gemma2", config, Read(config), at)
{
    internal static DecoderOptions Read(ModelConfig config)
    {
        var options = Gemma.ReadLine(config, "hidden_activation", new RopeKeys());
        config.Value("hidden_act");
        config.Value("cache_implementation");
        var window = config.Size("sliding_window", 4096);
        return options with
        {
            Names = new DecoderNames
            {
                AfterAttention = "post_attention_layernorm",
                BeforeMlp = "pre_feedforward_layernorm",
                AfterMlp = "post_feedforward_layernorm",
            },
            ScoreScale = Math.Pow(config.Number("query_pre_attn_scalar", 256), -0.5),
            ScoreCap = config.Cap("attn_logit_softcapping"),
            LogitCap = config.Cap("final_logit_softcapping"),
            Windows = SlidingWindows.ByRule(config, options.Layers, window, layer => layer % 2 == 0),
        };
    }
}
