using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// Command R: attention and feed-forward part read one layer norm side by side, neighbours turn as pairs, logits are
/// scaled; as <c>CohereForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Cohere(ModelConfig config, Placement at) : Decoder("cohere", config, Read(config), at)
{
    private static readonly DecoderKeys Keys = new()
    {
        UsualPositions = 8192,
        Epsilon = "layer_norm_eps",
        UsualEpsilon = 1e-5,
        UsuallyTied = true,
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        var bias = config.Flag("attention_bias", false);
        var options = DecoderOptions.Read(config, Keys);
        return options with
        {
            Names = new DecoderNames { BeforeMlp = null },
            Norm = NormKind.LayerWithoutBias,
            Rope = options.Rope! with { Interleaved = true },
            QueryKeyNorm = config.Flag("use_qk_norm", false) ? QueryKeyNorm.EachHead : QueryKeyNorm.None,
            QueryKeyValueBias = bias,
            OutputBias = bias,
            Parallel = true,
            LogitScale = config.Number("logit_scale", 0.0625),
        };
    }
}
