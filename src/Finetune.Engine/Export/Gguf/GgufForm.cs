using static TorchSharp.torch;

namespace Finetune.Engine.Export.Gguf;

/// <summary>
/// How the values of a checkpoint become those of a GGUF tensor, and back. Steps in this order: parts are stacked, the
/// matrix is turned over, rows of heads are reordered, a number is added, a factor is applied.
/// </summary>
internal sealed record GgufForm
{
    /// <summary>Nothing changes.</summary>
    public static GgufForm Same { get; } = new();

    /// <summary>The checkpoint keeps the matrix as <c>[inputs, outputs]</c>.</summary>
    public bool Transposed { get; init; }

    /// <summary>
    /// Heads whose rows are reordered, so that the pairs that rotary positions turn, <c>i</c> and <c>i + d/2</c>, become
    /// neighbours; 0 for none.
    /// </summary>
    public int Heads { get; init; }

    /// <summary>What is added (norms that count from one).</summary>
    public double Plus { get; init; }

    /// <summary>What is multiplied.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The stored values.</summary>
    /// <param name="parts">The checkpoint's tensors; several (experts) are stacked.</param>
    public Tensor Pack(IReadOnlyList<Tensor> parts)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var wide = parts.Select(part => part.detach().to(ScalarType.Float32)).ToArray();
        var x = wide.Length == 1 ? wide[0].alias() : stack(wide);
        x = Transposed ? x.t() : x;
        x = Heads > 0 ? Reordered(x, 2) : x;
        x = Plus != 0 ? x + Plus : x;
        x = Scale != 1 ? x * Scale : x;
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Puts stored values into the checkpoint's tensors.</summary>
    public void Unpack(Tensor stored, IReadOnlyList<Tensor> parts)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var x = Scale != 1 ? stored / Scale : stored;
        x = Plus != 0 ? x - Plus : x;
        x = Heads > 0 ? Reordered(x, -1) : x;
        x = Transposed ? x.t() : x;
        for (var i = 0; i < parts.Count; i++)
        {
            parts[i].copy_(parts.Count == 1 ? x : x.select(0, i));
        }
    }

    // Rows of a head as [2, d/2] become [d/2, 2], and back.
    private Tensor Reordered(Tensor x, int halves)
    {
        var rows = x.shape[0] / Heads;
        long[] split = halves > 0 ? [Heads, halves, rows / halves] : [Heads, rows / 2, 2];
        return x.reshape([.. split, .. x.shape[1..]]).transpose(1, 2).reshape(x.shape);
    }
}
