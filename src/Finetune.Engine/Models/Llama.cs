using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>The Llama family (Touvron et al. 2023), as <c>LlamaForCausalLM</c> of Transformers computes it.</summary>
public sealed class Llama : CausalModel
{
    private readonly DecoderBody _body;
    private readonly Linear? _head;

    /// <summary>Makes a model without values.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="at">Where.</param>
    /// <exception cref="ModelFileException">A key that is wrong or not supported.</exception>
    public Llama(ModelConfig config, Placement at)
        : base("llama")
    {
        var options = Read(config);
        config.CheckAllRead();
        Config = config;
        Shape = options.Shape(config);
        _body = new DecoderBody(options, at);
        register_module("model", _body);
        if (!options.Tied)
        {
            _head = new Linear(options.HiddenSize, options.VocabularySize, false, at);
            register_module("lm_head", _head);
        }
    }

    /// <inheritdoc/>
    public override ModelShape Shape { get; }

    /// <inheritdoc/>
    public override Tensor HeadWeight => _head?.Weight ?? _body.Embedding.Weight;

    /// <inheritdoc/>
    public override Tensor Hidden(Batch batch, IReadOnlyList<KeyValueCache>? caches = null) =>
        _body.Forward(batch, caches);

    /// <inheritdoc/>
    public override Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, HeadWeight);

    private static DecoderOptions Read(ModelConfig config)
    {
        var bias = config.Flag("attention_bias", false);
        return DecoderOptions.Read(config) with
        {
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = config.Flag("mlp_bias", false),
        };
    }
}
