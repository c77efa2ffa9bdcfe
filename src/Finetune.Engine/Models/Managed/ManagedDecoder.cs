using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Managed;

/// <summary>
/// Computes the next tokens of some sequences without an operator call: vector instructions on the model's own float32
/// weights and on caches in place. A step of a small model is over before libtorch would have dispatched its first
/// operators. What it computes is what <see cref="Decoder"/> does, but for rounding; nothing here has a gradient.
/// </summary>
internal sealed unsafe class ManagedDecoder
{
    private readonly Decoder _model;
    private readonly DecoderOptions _options;
    private readonly ManagedLinear _embedding;
    private readonly IReadOnlyList<ManagedLayer> _layers;
    private readonly ManagedNorm _norm;
    private readonly ManagedLinear _head;
    private readonly IReadOnlyList<ManagedRope> _ropes;
    private readonly ManagedBuffers _buffers;
    private readonly SharedProducts _products;
    private readonly ManagedAttention _attention;
    private readonly float _embeddingScale;

    internal ManagedDecoder(
        Decoder model,
        ManagedLinear embedding,
        IReadOnlyList<ManagedLayer> layers,
        ManagedNorm norm,
        ManagedLinear head,
        IReadOnlyList<ManagedRope> ropes,
        int threads
    )
    {
        (_model, _options) = (model, model.Options);
        (_embedding, _layers, _norm, _head, _ropes) = (embedding, layers, norm, head, ropes);
        _embeddingScale = (float)_options.EmbeddingScale;
        _buffers = new ManagedBuffers(_options);
        var team = new WorkTeam(threads);
        _products = new SharedProducts(team);
        _attention = new ManagedAttention(team, _options.Heads, _options.KeyValueHeads, _options.HeadSize);
    }

    /// <summary>The managed form of a model as it stands now, or null where it has none. It reads the model's weights in
    /// place: the model must live as long, and stay as it is.</summary>
    /// <param name="model">In evaluation mode.</param>
    public static ManagedDecoder? Of(CausalModel model) => ManagedReader.Read(model, get_num_threads());

    /// <summary>Width of a row of logits.</summary>
    public int Vocabulary => _head.Outputs;

    /// <summary>Logits after each sequence's last token, <c>[sequences, vocabulary]</c>; overwritten by the next
    /// call. The caches then hold the rows.</summary>
    public ReadOnlySpan<float> Logits(ManagedRows rows)
    {
        _buffers.Reach(rows.Count, rows.Lasts.Count);
        foreach (var rope in _ropes)
        {
            rope.Reach(rows.Reach);
        }

        Embed(rows);
        foreach (var layer in _layers)
        {
            Attend(rows, layer);
            Feed(rows.Count, layer);
        }

        Predict(rows);
        GC.KeepAlive(_model);
        return new ReadOnlySpan<float>(_buffers.Logits, rows.Lasts.Count * _head.Outputs);
    }

    private void Embed(ManagedRows rows)
    {
        var width = _options.HiddenSize;
        for (var row = 0; row < rows.Count; row++)
        {
            var source = new ReadOnlySpan<float>(_embedding.Weight + (long)rows.Id(row) * width, width);
            var target = new Span<float>(_buffers.Stream + row * width, width);
            source.CopyTo(target);
            if (_embeddingScale != 1)
            {
                Scale(target, _embeddingScale);
            }
        }
    }

    private void Attend(ManagedRows rows, ManagedLayer layer)
    {
        var b = _buffers;
        _products.Run(
            Normed(layer.BeforeAttention, rows.Count),
            rows.Count,
            (layer.Query, (nint)b.Query),
            (layer.Key, (nint)b.Key),
            (layer.Value, (nint)b.Value)
        );
        var (size, heads, keyHeads) = (_options.HeadSize, _options.Heads, _options.KeyValueHeads);
        for (var row = 0; row < rows.Count; row++)
        {
            var query = b.Query + row * heads * size;
            var key = b.Key + row * keyHeads * size;
            NormHeads(layer.QueryNorm, query, heads);
            NormHeads(layer.KeyNorm, key, keyHeads);
            layer.Rope?.Run(query, heads, size, rows.Position(row));
            layer.Rope?.Run(key, keyHeads, size, rows.Position(row));
            rows.Cache(row).Put(layer.Index, rows.Position(row), keyHeads, size, key, b.Value + row * keyHeads * size);
        }

        _attention.Run(rows, layer, b.Query, b.Mixed);
        _products.Run(b.Mixed, rows.Count, (layer.Output, (nint)b.Branch));
        AddBranch(layer.AfterAttention, rows.Count);
    }

    private void Feed(int rows, ManagedLayer layer)
    {
        var b = _buffers;
        var x = Normed(layer.BeforeMlp, rows);
        var count = (long)rows * layer.Up.Outputs;
        if (layer.Gate is { } gate)
        {
            _products.Run(x, rows, (gate, (nint)b.Gate), (layer.Up, (nint)b.Up));
            ManagedActivation.Run(layer.Activation, b.Gate, b.Up, count);
        }
        else
        {
            _products.Run(x, rows, (layer.Up, (nint)b.Gate));
            ManagedActivation.Run(layer.Activation, b.Gate, null, count);
        }

        _products.Run(b.Gate, rows, (layer.Down, (nint)b.Branch));
        AddBranch(layer.AfterMlp, rows);
    }

    private void Predict(ManagedRows rows)
    {
        var (b, width) = (_buffers, _options.HiddenSize);
        for (var i = 0; i < rows.Lasts.Count; i++)
        {
            _norm.Run(b.Stream + (long)rows.Lasts[i] * width, b.Normed + i * width, width);
        }

        _products.Run(b.Normed, rows.Lasts.Count, (_head, (nint)b.Logits));
        var logits = new Span<float>(b.Logits, rows.Lasts.Count * _head.Outputs);
        if (_options.LogitScale != 1)
        {
            Scale(logits, (float)_options.LogitScale);
        }

        if (_options.LogitCap is { } cap)
        {
            foreach (ref var logit in logits)
            {
                logit = (float)cap * MathF.Tanh(logit / (float)cap);
            }
        }
    }

    private float* Normed(ManagedNorm? norm, int rows)
    {
        if (norm is null)
        {
            return _buffers.Stream;
        }

        var width = _options.HiddenSize;
        for (var row = 0; row < rows; row++)
        {
            norm.Run(_buffers.Stream + row * width, _buffers.Normed + row * width, width);
        }

        return _buffers.Normed;
    }

    private void NormHeads(ManagedNorm? norm, float* heads, int count)
    {
        if (norm is null)
        {
            return;
        }

        var size = _options.HeadSize;
        var (norms, width) = _options.QueryKeyNorm == QueryKeyNorm.Whole ? (1, count * size) : (count, size);
        for (var n = 0; n < norms; n++, heads += width)
        {
            norm.Run(heads, heads, width);
        }
    }

    private void AddBranch(ManagedNorm? norm, int rows)
    {
        var width = _options.HiddenSize;
        for (var row = 0; norm is not null && row < rows; row++)
        {
            norm.Run(_buffers.Branch + row * width, _buffers.Branch + row * width, width);
        }

        var factor = (float)_options.ResidualScale;
        for (var i = 0; i < rows * width; i++)
        {
            _buffers.Stream[i] += factor * _buffers.Branch[i];
        }
    }

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref var value in values)
        {
            value *= factor;
        }
    }
}
