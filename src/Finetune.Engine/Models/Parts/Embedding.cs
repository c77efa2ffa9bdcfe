using Finetune.Engine.Models.Parts.Fused;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Token embeddings. The padding row is looked up like any other but gets no gradient from it.</summary>
public sealed class Embedding : Part
{
    /// <summary>Makes a table without values.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="padding">The row without gradient, or null.</param>
    /// <param name="at">Where.</param>
    public Embedding(int count, int width, int? padding, Placement at)
        : base(nameof(Embedding))
    {
        Padding = padding;
        Weight = at.New(count, width);
        register_parameter("weight", Weight);
    }

    /// <summary><c>[count, width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>The row without gradient, or null.</summary>
    public int? Padding { get; }

    /// <summary><c>[n]</c> int64 to <c>[n, width]</c>.</summary>
    public Tensor Forward(Tensor ids) => new TokenLookup(Padding).Run(Weight, ids);
}
