using Finetune.Engine.Models.Parts.Fused;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>A decoder-only model: a body of embedding, layers and norm, and a head.</summary>
public abstract class Decoder : CausalModel
{
    private readonly DecoderOptions _options;
    private readonly DecoderBody _body;
    private readonly Linear? _head;

    /// <summary>Makes a model without values.</summary>
    /// <param name="family">Equal to <c>model_type</c>.</param>
    /// <param name="config">Its configuration; by now every key must have been read.</param>
    /// <param name="options">The shape read from it.</param>
    /// <param name="at">Where.</param>
    /// <exception cref="ModelFileException">A key that was not read and may change numbers.</exception>
    protected Decoder(string family, ModelConfig config, DecoderOptions options, Placement at)
        : base(family)
    {
        _options = options;
        Config = config;
        Shape = options.Shape(config);
        config.CheckAllRead();
        _body = new DecoderBody(options, at);
        Folder.Register(this, options.Names.Body, _body);
        if (!options.Tied)
        {
            _head = new Linear(options.HiddenSize, options.VocabularySize, options.HeadBias, at.Whole);
            Folder.Register(this, options.Names.Head, _head);
        }
    }

    /// <summary>The shape read from its configuration.</summary>
    public DecoderOptions Options => _options;

    /// <inheritdoc/>
    public sealed override ModelShape Shape { get; }

    /// <inheritdoc/>
    public sealed override Tensor HeadWeight => _head?.Weight ?? _body.Embedding.Weight;

    /// <inheritdoc/>
    public sealed override string BodyName => _options.Names.Body;

    /// <inheritdoc/>
    public sealed override string LayersName =>
        BodyName.Length == 0 ? _options.Names.Layers : $"{BodyName}.{_options.Names.Layers}";

    /// <inheritdoc/>
    public sealed override Tensor Entering(Batch batch, int layer) => _body.Entering(batch, layer);

    /// <inheritdoc/>
    public sealed override Tensor Hidden(Batch batch, IReadOnlyList<KeyValueCache>? caches = null) =>
        _body.Forward(batch, caches, RecomputesNow(caches), caches is null && is_grad_enabled() ? LayerPassed : null);

    /// <inheritdoc/>
    public sealed override Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var logits = _head?.Bias is { } bias
            ? nn.functional.linear(hidden, HeadWeight, bias)
            : new HeadProduct().Run(hidden, HeadWeight);
        if (_options.LogitScale != 1)
        {
            logits = logits * _options.LogitScale;
        }

        if (_options.LogitCap is { } cap)
        {
            logits = (logits / cap).tanh() * cap;
        }

        return logits.MoveToOuterDisposeScope();
    }
}
