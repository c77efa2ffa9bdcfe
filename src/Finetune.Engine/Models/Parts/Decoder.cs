using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>A model of the Llama line: embedding, layers and norm under <c>model</c>, head under <c>lm_head</c>.</summary>
public abstract class Decoder : CausalModel
{
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
        Config = config;
        Shape = options.Shape(config);
        config.CheckAllRead();
        _body = new DecoderBody(options, at);
        register_module("model", _body);
        if (!options.Tied)
        {
            _head = new Linear(options.HiddenSize, options.VocabularySize, false, at);
            register_module("lm_head", _head);
        }
    }

    /// <inheritdoc/>
    public sealed override ModelShape Shape { get; }

    /// <inheritdoc/>
    public sealed override Tensor HeadWeight => _head?.Weight ?? _body.Embedding.Weight;

    /// <inheritdoc/>
    public sealed override Tensor Hidden(Batch batch, IReadOnlyList<KeyValueCache>? caches = null) =>
        _body.Forward(batch, caches);

    /// <inheritdoc/>
    public override Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, HeadWeight);
}
