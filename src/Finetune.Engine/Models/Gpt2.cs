using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// GPT-2 (Radford et al. 2019): learned positions, layer norms, weights stored as <c>[inputs, outputs]</c>; as
/// <c>GPT2LMHeadModel</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Gpt2(ModelConfig config, Placement at) : Decoder("gpt2", config, Read(config), at)
{
    private static readonly DecoderKeys Keys = new()
    {
        Hidden = "n_embd",
        Layers = "n_layer",
        Heads = "n_head",
        Positions = "n_positions",
        UsualPositions = 1024,
        KeyValueHeads = null,
        HeadSize = null,
        Intermediate = "n_inner",
        UsualIntermediate = 4,
        Epsilon = "layer_norm_epsilon",
        UsualEpsilon = 1e-5,
        Activation = "activation_function",
        UsualActivation = "gelu_new",
        UsuallyTied = true,
        Rope = null,
    };

    private static readonly DecoderNames Names = new()
    {
        Body = "transformer",
        Embedding = "wte",
        Positions = "wpe",
        Layers = "h",
        Norm = "ln_f",
        BeforeAttention = "ln_1",
        Attention = "attn",
        QueryKeyValue = "c_attn",
        Output = "c_proj",
        BeforeMlp = "ln_2",
        Gate = null,
        Up = "c_fc",
        Down = "c_proj",
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Dropouts("attn_pdrop", "embd_pdrop", "resid_pdrop");
        config.Unused("n_ctx", "summary_activation", "summary_first_dropout", "summary_proj_to_labels");
        // The order of the same products.
        config.Unused("summary_type", "summary_use_proj", "reorder_and_upcast_attn");
        return DecoderOptions.Read(config, Keys) with
        {
            Names = Names,
            Norm = NormKind.Layer,
            Transposed = true,
            QueryKeyValueBias = true,
            OutputBias = true,
            MlpBias = true,
            ScoreScale = config.Flag("scale_attn_weights", true) ? null : 1,
            ScaleByInverseLayer = config.Flag("scale_attn_by_inverse_layer_idx", false),
        };
    }
}
