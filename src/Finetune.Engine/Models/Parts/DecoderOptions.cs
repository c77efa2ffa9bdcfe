namespace Finetune.Engine.Models.Parts;

/// <summary>The shape of a decoder in the Llama line; a family reads it and sets what is its own.</summary>
public sealed record DecoderOptions
{
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }
    public required int KeyValueHeads { get; init; }
    public required int HeadSize { get; init; }
    public required int MaxPositions { get; init; }
    public required double NormEpsilon { get; init; }
    public required RopeOptions Rope { get; init; }
    public required Activation Activation { get; init; }

    /// <summary>Padding's row of the embedding, which the lookup gives no gradient; null without.</summary>
    public required int? PadId { get; init; }

    /// <summary>The head is the embedding's weight.</summary>
    public required bool Tied { get; init; }

    public bool QueryKeyValueBias { get; init; }
    public bool OutputBias { get; init; }
    public bool MlpBias { get; init; }

    /// <summary>Queries and keys are normed over the head size before they are turned.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Layer by layer, how many tokens a token sees, itself included; null for all. Empty: all in every layer.</summary>
    public IReadOnlyList<int?> Windows { get; init; } = [];

    /// <summary>Reads the keys that the line shares, under Llama's defaults.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="tiedByDefault">Whether the head is tied where the file does not say.</param>
    /// <param name="headSize">A family's own head size where the file does not say; null for hidden / heads.</param>
    /// <exception cref="ModelFileException">A key at fault.</exception>
    public static DecoderOptions Read(ModelConfig config, bool tiedByDefault = false, int? headSize = null)
    {
        config.Only("is_encoder_decoder", "false");
        config.Only("add_cross_attention", "false");
        config.Only("attention_dropout", "0", "0.0");
        config.Only("quantization_config");
        var hidden = config.Size("hidden_size");
        var heads = config.Size("num_attention_heads");
        var keyValueHeads = config.Size("num_key_value_heads", heads);
        var maxPositions = config.Size("max_position_embeddings", 2048);
        if (heads % keyValueHeads != 0)
        {
            throw config.Wrong("num_key_value_heads", keyValueHeads, $"a divisor of {heads} heads");
        }

        if (!config.Has("head_dim") && headSize is null && hidden % heads != 0)
        {
            throw config.Wrong("num_attention_heads", heads, $"a divisor of hidden_size {hidden}, or head_dim");
        }

        var size = config.Size("head_dim", headSize ?? hidden / heads);
        if (size % 2 != 0)
        {
            throw config.Wrong("head_dim", size, "an even number: rotary embeddings turn pairs");
        }

        var vocabulary = config.Size("vocab_size");
        return new DecoderOptions
        {
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            IntermediateSize = config.Size("intermediate_size"),
            Layers = config.Size("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = size,
            MaxPositions = maxPositions,
            NormEpsilon = config.Number("rms_norm_eps", 1e-6),
            Rope = RopeOptions.Read(config),
            Activation = Activations.Read(config, "hidden_act", "silu"),
            PadId = Padding(config, vocabulary),
            Tied = config.Flag("tie_word_embeddings", tiedByDefault) && !config.HeadDiffers,
        };
    }

    /// <summary>What callers may know of the shape.</summary>
    public ModelShape Shape(ModelConfig config) =>
        new(
            VocabularySize,
            HiddenSize,
            Layers,
            MaxPositions,
            SpecialIds.EndOfSequence(config),
            config.Id("bos_token_id"),
            PadId
        );

    // A negative id counts from the end, as for the embedding of PyTorch (old Llama files say -1).
    private static int? Padding(ModelConfig config, int vocabulary) =>
        config.Id("pad_token_id") is not { } id ? null
        : id >= -vocabulary && id < vocabulary ? (id < 0 ? id + vocabulary : id)
        : throw config.Wrong("pad_token_id", id, $"an id of the vocabulary of {vocabulary}");
}
