using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>
/// Random weights as Transformers draws them: matrices normal with the family's deviation, norms 1 (0 where
/// the factor is one plus the weight), biases 0, the embedding's padding row 0.
/// </summary>
internal static class Initialization
{
    /// <summary>Fills all parameters, in the order of their names' registration, from one seeded stream.</summary>
    public static void Draw(CausalModel model, long seed)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.dim() > 1)
            {
                // Drawn in float32 whatever the precision, so that a seed means the same weights in each.
                using var values = empty(parameter.shape, ScalarType.Float32)
                    .normal_(0, model.Deviation(name), generator);
                parameter.copy_(values);
            }
            else
            {
                parameter.fill_(name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1);
            }
        }

        foreach (var module in model.modules())
        {
            if (module is Embedding { Padding: { } padding } embedding)
            {
                embedding.Weight[padding].zero_();
            }
            else if (module is LayerNorm { Weight: { } weight })
            {
                weight.fill_(1);
            }
            else if (module is RmsNorm { FromOne: true } norm)
            {
                norm.Weight.zero_();
            }
        }
    }
}
