using Finetune.Engine.Models.Parts.Fused;
using Finetune.Engine.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Embedding, layers and last norm of a decoder: all but the head.</summary>
public sealed class DecoderBody : Part
{
    private readonly DecoderOptions _options;
    private readonly Embedding? _positions;
    private readonly Norm? _embeddingNorm;
    private readonly ModuleList<DecoderLayer> _layers;
    private readonly Norm _norm;
    private readonly RotaryTables _rotary;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="at">Where.</param>
    public DecoderBody(DecoderOptions options, Placement at)
        : base(nameof(DecoderBody))
    {
        _options = options;
        var (names, hidden) = (options.Names, options.HiddenSize);
        Embedding = Add(names.Embedding, new Embedding(options.VocabularySize, hidden, options.PadId, at));
        if (names.Positions is { } positions)
        {
            var rows = options.MaxPositions + options.PositionOffset;
            _positions = Add(positions, new Embedding(rows, hidden, null, at));
        }

        if (names.EmbeddingNorm is { } norm)
        {
            _embeddingNorm = Add(norm, Norm.Of(options.Norm, options.NormEpsilon, at, hidden));
        }

        _layers = nn.ModuleList(
            Enumerable.Range(0, options.Layers).Select(index => new DecoderLayer(options, index, at)).ToArray()
        );
        Add(names.Layers, _layers);
        _norm = Add(names.Norm, Norm.Of(options.Norm, options.NormEpsilon, at, hidden));
        _rotary = new RotaryTables(options);
    }

    /// <summary>The token embeddings.</summary>
    public Embedding Embedding { get; }

    /// <summary>The final hidden states, <c>[tokens, hidden]</c>.</summary>
    /// <param name="batch">Documents end to end.</param>
    /// <param name="caches">One a document, or null.</param>
    /// <param name="recompute">Whether layers keep their inputs alone.</param>
    /// <param name="passed">See <see cref="CausalModel.LayerPassed"/>.</param>
    public Tensor Forward(
        Batch batch,
        IReadOnlyList<KeyValueCache>? caches,
        bool recompute = false,
        Action<int>? passed = null
    )
    {
        if (caches is not null && caches.Count != batch.Lengths.Count)
        {
            throw new ArgumentException($"{batch.Lengths.Count} documents need as many caches", nameof(caches));
        }

        using var scope = NewDisposeScope();
        if (caches is not null && _rotary.Outgrows && CacheRenewal.Of(batch, caches, _rotary) is { } renewal)
        {
            return batch
                .Pick(renewal.Pick(Run(renewal.Batch, caches, recompute, passed: null)))
                .MoveToOuterDisposeScope();
        }

        return (
            caches is null ? Filled(batch, recompute, passed, until: null) : Run(batch, caches, recompute, passed)
        ).MoveToOuterDisposeScope();
    }

    /// <summary>The hidden states that enter a layer, <c>[tokens, hidden]</c>.</summary>
    /// <param name="batch">Documents end to end.</param>
    /// <param name="layer">Its number, from 0; the number of layers gives what enters the last norm.</param>
    public Tensor Entering(Batch batch, int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, _layers.Count);
        return Filled(batch, recompute: false, passed: null, layer);
    }

    private Tensor Filled(Batch batch, bool recompute, Action<int>? passed, int? until)
    {
        using var scope = NewDisposeScope();
        var rows = until is null && batch.Wanted is { } wanted ? wanted.shape[0] : batch.InputIds.shape[0];
        var states = Run(Filler.Fill(batch, Embedding.Weight), null, recompute, passed, until);
        return (states.shape[0] == rows ? states : states.narrow(0, 0, rows)).MoveToOuterDisposeScope();
    }

    private Tensor Run(
        Batch batch,
        IReadOnlyList<KeyValueCache>? caches,
        bool recompute,
        Action<int>? passed,
        int? until = null
    )
    {
        using var scope = NewDisposeScope();
        var layout = DocumentLayout.Of(batch.Lengths, caches is not null, batch.InputIds.device);
        var positions = layout.Arrange(batch.Positions);
        var x = batch.Entry is { } entry
            ? layout.Arrange(entry.States)
            : Embed(layout.Arrange(batch.InputIds), positions, layout.Lengths);
        var stretches = layout
            .Buckets.Select((b, d) => (b.Count * b.Length, (int)b.Length + (caches?[d].Length ?? 0)))
            .ToArray();
        var pass = new Pass(layout, _rotary.Of(positions, stretches, x.dtype), caches) { Sights = batch.Sights };
        var wanted = until is null && batch.Wanted is { } asked ? layout.Find(asked) : null;
        var first = batch.Entry?.Layer ?? 0;
        for (var index = first; index < (until ?? _layers.Count); index++)
        {
            var entering = x;
            if (passed is not null && x.requires_grad)
            {
                var number = index;
                x = new LayerBoundary(() => passed(number)).Run(x);
            }

            var rows = index == _layers.Count - 1 ? wanted : null;
            x = recompute ? Recomputed(index, x, pass, rows) : _layers[index].Forward(x, pass, rows);
            if (index > first)
            {
                // What the gradient needs of it is kept; what it does not is freed here, not after the last layer.
                entering.Dispose();
            }
        }

        if (until is not null)
        {
            return layout.Restore(x).MoveToOuterDisposeScope();
        }

        // No layer may have run, where the batch enters behind the last.
        var picked = first < _layers.Count ? x : Batch.Pick(x, wanted);
        var normed = _norm.Forward(picked);
        return (wanted is null ? layout.Restore(normed) : normed).MoveToOuterDisposeScope();
    }

    private Tensor Recomputed(int index, Tensor x, Pass pass, Tensor? wanted)
    {
        var layer = _layers[index];
        if (!Recompute.Pays(layer, x))
        {
            return layer.Forward(x, pass, wanted);
        }

        var rotation = pass.Rotations[index];
        return Recompute.Run(
            at =>
                layer.Forward(
                    at[0],
                    rotation is null ? pass : pass.With(index, rotation with { Cos = at[1], Sin = at[2] }),
                    wanted is null ? null : at[^1]
                ),
            [
                x,
                .. rotation is null ? Array.Empty<Tensor>() : [rotation.Cos, rotation.Sin],
                .. wanted is null ? Array.Empty<Tensor>() : [wanted],
            ]
        );
    }

    private Tensor Embed(Tensor ids, Tensor positions, IEnumerable<long> lengths)
    {
        var x = Embedding.Forward(ids, lengths);
        if (_options.EmbeddingScale != 1)
        {
            x = x * tensor(_options.EmbeddingScale, x.dtype, x.device);
        }

        if (_positions is not null)
        {
            x = x.Plus(_positions.Forward(positions + _options.PositionOffset));
        }

        return _embeddingNorm is null ? x : _embeddingNorm.Forward(x);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rotary.Dispose();
        }

        base.Dispose(disposing);
    }
}
