using System.Text.Json.Nodes;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// Gemma 3, text: as Gemma 2 with normed queries and keys in place of bent scores; most layers slide and turn positions
/// by a base of their own. As <c>Gemma3ForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Gemma3(ModelConfig config, Placement at) : Decoder("gemma3_text", config, Read(config), at)
{
    private const double GlobalTheta = 1_000_000;
    private const double LocalTheta = 10_000;

    internal static DecoderOptions Read(ModelConfig config)
    {
        var options = Gemma.ReadLine(config, "hidden_activation", null);
        // Read by nobody: Transformers' Gemma 3 bends no scores whatever this says.
        config.Value("attn_logit_softcapping");
        config.Value("cache_implementation");
        config.Value("hidden_act");
        var window = config.Size("sliding_window", 4096);
        var pattern = config.Size("_sliding_window_pattern", config.Size("sliding_window_pattern", 6));
        var windows = SlidingWindows.ByRule(config, options.Layers, window, layer => (layer + 1) % pattern != 0);
        var (global, local) = Ropes(config, options.HeadSize);
        return options with
        {
            Names = new DecoderNames
            {
                AfterAttention = "post_attention_layernorm",
                BeforeMlp = "pre_feedforward_layernorm",
                AfterMlp = "post_feedforward_layernorm",
            },
            QueryKeyNorm = QueryKeyNorm.Head,
            ScoreScale = Math.Pow(config.Number("query_pre_attn_scalar", 256), -0.5),
            LogitCap = config.Cap("final_logit_softcapping"),
            MaxPositions = config.Size("max_position_embeddings", 131_072),
            Windows = windows,
            LayerRopes = [.. windows.Select(w => w is null ? global : local)],
        };
    }

    // Version 5 writes one object a kind of layer; before, rope_scaling was of the global layers alone.
    private static (RopeOptions Global, RopeOptions Local) Ropes(ModelConfig config, int headSize)
    {
        var localTheta = config.Number("rope_local_base_freq", LocalTheta);
        if (config.Section("rope_parameters") is not { } kinds || !kinds.ContainsKey("full_attention"))
        {
            var global = RopeReader.Read(config, new RopeKeys { UsualTheta = GlobalTheta }, headSize);
            return (global, new RopeOptions(RopeKind.Default, localTheta) { Dimensions = headSize });
        }

        var globalTheta = config.Number("rope_theta", GlobalTheta);
        config.Value("rope_scaling");
        if (kinds.FirstOrDefault(kind => kind.Key is not ("full_attention" or "sliding_attention")).Key is { } other)
        {
            throw config.Wrong($"rope_parameters.{other}", other, "full_attention or sliding_attention");
        }

        RopeOptions Kind(string kind, double theta) =>
            RopeReader.Read(config, $"rope_parameters.{kind}", kinds[kind] as JsonObject ?? [], theta, null, headSize);
        return (Kind("full_attention", globalTheta), Kind("sliding_attention", localTheta));
    }
}
