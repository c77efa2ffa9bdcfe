using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>A layer norm without bias for each head, each a part by itself (StableLM 2).</summary>
public sealed class HeadNorms : Norm
{
    private readonly ModuleList<LayerNorm> _norms;

    /// <summary>Makes them without values.</summary>
    /// <param name="heads">How many.</param>
    /// <param name="size">Width of a head.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="at">Where.</param>
    public HeadNorms(int heads, int size, double epsilon, Placement at)
        : base(nameof(HeadNorms))
    {
        _norms = nn.ModuleList(
            Enumerable
                .Range(0, heads)
                .Select(_ => new LayerNorm(NormKind.LayerWithoutBias, epsilon, at, size))
                .ToArray()
        );
        Add("norms", _norms);
    }

    /// <summary><c>[tokens, heads, head size]</c> to the same.</summary>
    public override Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return stack(_norms.Select((norm, head) => norm.Forward(x.select(1, head))), 1).MoveToOuterDisposeScope();
    }
}
