using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>T5's encoder or decoder: layers, which share the first one's relative positions, and a last norm.</summary>
public sealed class T5Tower : Part
{
    private readonly ModuleList<T5Block> _blocks;
    private readonly RmsNorm _norm;
    private readonly RelativePositions _positions;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="decoder">Which of the two.</param>
    /// <param name="at">Where.</param>
    public T5Tower(T5Options options, bool decoder, Placement at)
        : base(nameof(T5Tower))
    {
        var layers = decoder ? options.DecoderLayers : options.EncoderLayers;
        _positions = new RelativePositions(options.Buckets, options.MaxDistance, !decoder);
        _blocks = nn.ModuleList(
            Enumerable.Range(0, layers).Select(layer => new T5Block(options, decoder, layer == 0, at)).ToArray()
        );
        Add("block", _blocks);
        _norm = Add("final_layer_norm", new RmsNorm(options.NormEpsilon, false, at, options.HiddenSize));
    }

    /// <summary>Its layers.</summary>
    public IReadOnlyList<T5Block> Blocks => [.. _blocks];

    /// <summary><c>[tokens, hidden]</c> to the same.</summary>
    /// <param name="x">Embeddings of the tokens.</param>
    /// <param name="lengths">Tokens of each document.</param>
    /// <param name="caches">One a document, or null.</param>
    /// <param name="source">By layer, what each document looks at in the encoder's source; null in the encoder.</param>
    public Tensor Forward(
        Tensor x,
        IReadOnlyList<int> lengths,
        IReadOnlyList<KeyValueCache>? caches,
        Func<int, IReadOnlyList<(Tensor Keys, Tensor Values)>>? source
    )
    {
        using var scope = NewDisposeScope();
        var table = _blocks[0].Attention.Relative!;
        var biases = lengths.Select((n, d) => _positions.Bias(table, n, n + (caches?[d].Length ?? 0))).ToArray();
        for (var layer = 0; layer < _blocks.Count; layer++)
        {
            var index = layer;
            x = _blocks[layer]
                .Forward(
                    x,
                    lengths,
                    biases,
                    caches is null ? null : (d, keys, values) => caches[d].Append(index, keys, values),
                    source?.Invoke(layer)
                );
        }

        return _norm.Forward(x).MoveToOuterDisposeScope();
    }

    /// <summary>The same without caches, for training: layers keep their inputs alone.</summary>
    /// <param name="x">Embeddings of the tokens.</param>
    /// <param name="lengths">Tokens of each document.</param>
    /// <param name="rows">The encoder's hidden states, <c>[source tokens, hidden]</c>; null in the encoder.</param>
    /// <param name="rowLengths">Rows of each document.</param>
    public Tensor Recomputed(Tensor x, IReadOnlyList<int> lengths, Tensor? rows, IReadOnlyList<int> rowLengths)
    {
        using var scope = NewDisposeScope();
        var table = _blocks[0].Attention.Relative!;
        var biases = lengths.Select(n => _positions.Bias(table, n, n)).ToArray();
        foreach (var block in _blocks)
        {
            if (!Recompute.Pays(block, [x, .. biases, .. rows is null ? Array.Empty<Tensor>() : [rows]]))
            {
                x = block.Forward(x, lengths, biases, null, rows is null ? null : block.SeenInSource(rows, rowLengths));
                continue;
            }

            x = Recompute.Run(
                at =>
                    block.Forward(
                        at[0],
                        lengths,
                        [.. at.Skip(1).Take(biases.Length)],
                        null,
                        rows is null ? null : block.SeenInSource(at[^1], rowLengths)
                    ),
                [x, .. biases, .. rows is null ? Array.Empty<Tensor>() : [rows]]
            );
        }

        return _norm.Forward(x).MoveToOuterDisposeScope();
    }
}
