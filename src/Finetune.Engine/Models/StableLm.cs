using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>StableLM: Llama with layer norms and partly turned heads; as <c>StableLmForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class StableLm(ModelConfig config, Placement at) : Decoder("stablelm", config, Read(config), at)
{
    private static readonly DecoderKeys Keys = new()
    {
        HeadSize = null,
        UsualPositions = 4096,
        Epsilon = "layer_norm_eps",
        UsualEpsilon = 1e-5,
        HasDropout = true,
        Rope = new RopeKeys { Partial = "partial_rotary_factor", UsualPartial = 0.25 },
    };

    private static readonly DecoderNames Names = new() { QueryNorm = "q_layernorm", KeyNorm = "k_layernorm" };

    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Dropouts("hidden_dropout");
        var parallel = config.Flag("use_parallel_residual", false);
        return DecoderOptions.Read(config, Keys) with
        {
            Names = parallel ? Names with { BeforeMlp = null } : Names,
            QueryKeyNorm = config.Flag("qk_layernorm", false) ? QueryKeyNorm.Apart : QueryKeyNorm.None,
            Norm = NormKind.Layer,
            QueryKeyValueBias = config.Flag("use_qkv_bias", false),
            Parallel = parallel,
        };
    }
}
