using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// Phi 1 to 2: attention and feed-forward part read one layer norm side by side, half of each head turns, the head has a
/// bias; as <c>PhiForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Phi(ModelConfig config, Placement at) : Decoder("phi", config, Read(config), at)
{
    private static readonly DecoderKeys Keys = new()
    {
        HeadSize = null,
        UsualIntermediate = 4,
        Epsilon = "layer_norm_eps",
        UsualEpsilon = 1e-5,
        UsualActivation = "gelu_new",
        HasDropout = true,
        Rope = new RopeKeys { Partial = "partial_rotary_factor", UsualPartial = 0.5 },
    };

    private static readonly DecoderNames Names = new()
    {
        Norm = "final_layernorm",
        Output = "dense",
        QueryNorm = "q_layernorm",
        KeyNorm = "k_layernorm",
        BeforeMlp = null,
        Gate = null,
        Up = "fc1",
        Down = "fc2",
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Dropouts("embd_pdrop", "resid_pdrop");
        // A tied head would still have a bias of its own.
        config.Only("tie_word_embeddings", "false");
        return DecoderOptions.Read(config, Keys) with
        {
            Names = Names,
            Norm = NormKind.Layer,
            QueryKeyNorm = config.Flag("qk_layernorm", false) ? QueryKeyNorm.Head : QueryKeyNorm.None,
            QueryKeyValueBias = true,
            OutputBias = true,
            MlpBias = true,
            HeadBias = true,
            Parallel = true,
        };
    }
}
