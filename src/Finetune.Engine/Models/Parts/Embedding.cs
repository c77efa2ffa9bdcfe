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

    /// <summary>NEFTune's alpha (Jain et al. 2023): rows of a text get uniform noise within
    /// <c>alpha / sqrt(length * width)</c> in training; 0 is off.</summary>
    public double Noise { get; set; }

    /// <summary>Sets the noise of all embeddings of a model; those of positions never use it.</summary>
    internal static void SetNoise(nn.Module model, double alpha)
    {
        foreach (var embedding in model.modules().OfType<Embedding>())
        {
            embedding.Noise = alpha;
        }
    }

    /// <summary><c>[n]</c> int64 to <c>[n, width]</c>, with the noise of training.</summary>
    /// <param name="ids">Documents end to end.</param>
    /// <param name="lengths">Tokens of each. Nothing is padded, so a document's own length counts.</param>
    public Tensor Forward(Tensor ids, IEnumerable<long> lengths)
    {
        if (!training || Noise == 0)
        {
            return Forward(ids);
        }

        using var scope = NewDisposeScope();
        var rows = Forward(ids);
        var width = rows.shape[1];
        float[] bounds =
        [
            .. lengths.SelectMany(n => Enumerable.Repeat((float)(Noise / Math.Sqrt(n * (double)width)), (int)n)),
        ];
        using var noGrad = no_grad();
        var noise = rand(rows.shape, ScalarType.Float32, rows.device).mul_(2).sub_(1);
        noise.mul_(tensor(bounds, device: rows.device).unsqueeze(1));
        using var grad = enable_grad();
        return (rows + noise.to(rows.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary><c>[n]</c> int64 to <c>[n, width]</c>.</summary>
    public Tensor Forward(Tensor ids) => new TokenLookup(Padding).Run(Weight, ids);
}
