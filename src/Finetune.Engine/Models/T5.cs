using Finetune.Engine.Models.Parts;
using Finetune.Engine.Models.Parts.Fused;
using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>
/// T5 (Raffel et al. 2020), as <c>T5ForConditionalGeneration</c> computes it: an encoder reads the source, a decoder
/// writes the target. Batches bring the source as <see cref="Batch.Source"/>; a cache keeps what the encoder made of it.
/// </summary>
public sealed class T5 : CausalModel
{
    private readonly T5Options _options;
    private readonly Embedding _shared;
    private readonly T5Tower _encoder;
    private readonly T5Tower _decoder;
    private readonly Linear? _head;

    /// <summary>Makes a model without values.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="at">Where parameters are made.</param>
    public T5(ModelConfig config, Placement at)
        : base("t5")
    {
        Config = config;
        _options = T5Options.Read(config);
        Shape = new ModelShape(
            _options.VocabularySize,
            _options.HiddenSize,
            _options.DecoderLayers,
            int.MaxValue,
            SpecialIds.EndOfSequence(config),
            null,
            config.Id("pad_token_id")
        )
        {
            DecoderStart = Start(config),
        };
        config.CheckAllRead();
        _shared = new Embedding(_options.VocabularySize, _options.HiddenSize, null, at);
        _encoder = new T5Tower(_options, false, at);
        _decoder = new T5Tower(_options, true, at);
        register_module("shared", _shared);
        register_module("encoder", _encoder);
        register_module("decoder", _decoder);
        if (!_options.Tied)
        {
            _head = new Linear(_options.HiddenSize, _options.VocabularySize, false, at.Whole);
            register_module("lm_head", _head);
        }
    }

    /// <inheritdoc/>
    public override ModelShape Shape { get; }

    /// <inheritdoc/>
    public override Tensor HeadWeight => _head?.Weight ?? _shared.Weight;

    /// <inheritdoc/>
    public override Tensor Hidden(Batch batch, IReadOnlyList<KeyValueCache>? caches = null)
    {
        using var scope = NewDisposeScope();
        if (RecomputesNow(caches))
        {
            var read = batch.Source ?? throw NoSource();
            var made = _encoder.Recomputed(Embedded(read), read.Lengths, null, []);
            return batch
                .Pick(_decoder.Recomputed(Embedded(batch), batch.Lengths, made, read.Lengths))
                .MoveToOuterDisposeScope();
        }

        Func<int, IReadOnlyList<(Tensor, Tensor)>> seen;
        if (caches is null)
        {
            var source = batch.Source ?? throw NoSource();
            var rows = _encoder.Forward(Embedded(source), source.Lengths, null, null);

            // A name of its own a layer: their gradients add up layer by layer, also where layers are computed twice.
            seen = layer => _decoder.Blocks[layer].SeenInSource(rows.view(rows.shape), source.Lengths);
        }
        else
        {
            if (batch.Source is { } source)
            {
                Encode(source, caches);
            }

            seen = layer => caches.All(c => c.HasSource) ? [.. caches.Select(c => c.Source(layer))] : throw NoSource();
        }

        var x = Embedded(batch);
        return batch.Pick(_decoder.Forward(x, batch.Lengths, caches, seen)).MoveToOuterDisposeScope();
    }

    private Tensor Embedded(Batch batch) => _shared.Forward(batch.InputIds, batch.Lengths.Select(n => (long)n));

    /// <inheritdoc/>
    public override void Encode(Batch sources, IReadOnlyList<KeyValueCache> caches)
    {
        using var scope = NewDisposeScope();
        var rows = _encoder.Forward(Embedded(sources), sources.Lengths, null, null);
        for (var layer = 0; layer < _options.DecoderLayers; layer++)
        {
            var seen = _decoder.Blocks[layer].SeenInSource(rows, sources.Lengths);
            for (var d = 0; d < caches.Count; d++)
            {
                caches[d].KeepSource(layer, seen[d].Keys, seen[d].Values);
            }
        }
    }

    /// <inheritdoc/>
    public override Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var scaled = _options.ScaledHead ? hidden * (1 / Math.Sqrt(_options.HiddenSize)) : hidden;
        return new HeadProduct().Run(scaled, HeadWeight).MoveToOuterDisposeScope();
    }

    // By the width of what goes in; scores are not scaled, so the query's is smaller.
    internal override double Deviation(string name) =>
        Config!.Number("initializer_factor", 1)
        * name.Split('.')[^2] switch
        {
            "shared" or "lm_head" => 1,
            "q" => Math.Pow(_options.HiddenSize * _options.HeadSize, -0.5),
            "o" => Math.Pow(_options.Heads * _options.HeadSize, -0.5),
            "wo" => Math.Pow(_options.IntermediateSize, -0.5),
            _ => Math.Pow(_options.HiddenSize, -0.5),
        };

    // Published files name it; without one a decoder begins with padding, as the paper has it.
    private static int Start(ModelConfig config) =>
        config.Id("decoder_start_token_id")
        ?? config.Id("pad_token_id")
        ?? throw new ModelFileException(config.File, "decoder_start_token_id", "nothing", "the decoder's first token");

    private ModelFileException NoSource() =>
        new(Config!.File, "model_type", "t5", "a source for its encoder, and none was given");
}
