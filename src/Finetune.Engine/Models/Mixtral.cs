using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>Mixtral (Jiang et al. 2024): Mistral with a mixture of experts; as <c>MixtralForCausalLM</c> computes it.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class Mixtral(ModelConfig config, Placement at) : Decoder("mixtral", config, Read(config), at)
{
    private static readonly DecoderKeys Keys = new()
    {
        UsualPositions = 131_072,
        UsualEpsilon = 1e-5,
        Rope = new RopeKeys { UsualTheta = 1_000_000 },
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        // An auxiliary loss and noise while training are another objective.
        config.Only("output_router_logits", "false");
        config.Only("router_jitter_noise", "0", "0.0");
        config.Unused("router_aux_loss_coef");
        var options = DecoderOptions.Read(config, Keys);
        var window = SlidingWindows.OptionalSize(config);
        var names = new DecoderNames
        {
            Mlp = "block_sparse_moe",
            Gate = "w1",
            Down = "w2",
            Up = "w3",
        };
        return options with
        {
            Names = names,
            Experts = new ExpertOptions(
                config.Size("num_local_experts", 8),
                config.Size("num_experts_per_tok", 2),
                options.IntermediateSize,
                true,
                names
            ),
            Windows = SlidingWindows.ByRule(config, options.Layers, window, _ => true),
        };
    }
}
