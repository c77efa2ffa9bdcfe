using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Embedding, layers and last norm of a decoder: all but the head.</summary>
public sealed class DecoderBody : Part
{
    private readonly ModuleList<DecoderLayer> _layers;
    private readonly RmsNorm _norm;
    private readonly Tensor _inverseFrequencies;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="at">Where.</param>
    public DecoderBody(DecoderOptions options, Placement at)
        : base(nameof(DecoderBody))
    {
        Embedding = new Embedding(options.VocabularySize, options.HiddenSize, options.PadId, at);
        _layers = nn.ModuleList(
            Enumerable.Range(0, options.Layers).Select(index => new DecoderLayer(options, index, at)).ToArray()
        );
        _norm = new RmsNorm(options.HiddenSize, options.NormEpsilon, at);
        _inverseFrequencies = options.Rope.InverseFrequencies(options.HeadSize).DetachFromDisposeScope();
        register_module("embed_tokens", Embedding);
        register_module("layers", _layers);
        register_module("norm", _norm);
    }

    /// <summary>The token embeddings.</summary>
    public Embedding Embedding { get; }

    /// <summary>The final hidden states, <c>[tokens, hidden]</c>.</summary>
    public Tensor Forward(Batch batch, IReadOnlyList<KeyValueCache>? caches)
    {
        if (caches is not null && caches.Count != batch.Lengths.Count)
        {
            throw new ArgumentException($"{batch.Lengths.Count} documents need as many caches", nameof(caches));
        }

        using var scope = NewDisposeScope();
        var layout = DocumentLayout.Of(batch.Lengths, caches is not null, batch.InputIds.device);
        var x = Embedding.Forward(layout.Arrange(batch.InputIds));
        var frequencies = _inverseFrequencies.to(batch.InputIds.device);
        var pass = new Pass(layout, Rotation.Of(layout.Arrange(batch.Positions), frequencies, x.dtype), caches);
        foreach (var layer in _layers)
        {
            x = layer.Forward(x, pass);
        }

        return layout.Restore(_norm.Forward(x)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inverseFrequencies.Dispose();
        }

        base.Dispose(disposing);
    }
}
