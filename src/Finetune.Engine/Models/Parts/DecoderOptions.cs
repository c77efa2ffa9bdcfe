namespace Finetune.Engine.Models.Parts;

/// <summary>The shape of a decoder; a family reads it and sets what is its own.</summary>
public sealed record DecoderOptions
{
    public DecoderNames Names { get; init; } = new();
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }
    public required int KeyValueHeads { get; init; }
    public required int HeadSize { get; init; }
    public required int MaxPositions { get; init; }
    public required double NormEpsilon { get; init; }
    public required Activation Activation { get; init; }

    /// <summary>Rotary positions; null without.</summary>
    public required RopeOptions? Rope { get; init; }

    /// <summary>Padding's row of the embedding, which the lookup gives no gradient; null without.</summary>
    public required int? PadId { get; init; }

    /// <summary>The head is the embedding's weight.</summary>
    public required bool Tied { get; init; }

    public NormKind Norm { get; init; } = NormKind.Rms;
    public bool QueryKeyValueBias { get; init; }
    public bool OutputBias { get; init; }
    public bool MlpBias { get; init; }
    public bool HeadBias { get; init; }

    /// <summary>Linear layers of the decoder keep their weights as <c>[inputs, outputs]</c> (GPT-2's Conv1D).</summary>
    public bool Transposed { get; init; }

    /// <summary>How one projection for queries, keys and values lays them out, where there is one.</summary>
    public FusedLayout Fused { get; init; }

    /// <summary>How queries and keys are normed before they are turned.</summary>
    public QueryKeyNorm QueryKeyNorm { get; init; }

    /// <summary>Queries, keys and values are cut off at plus and minus this; null for never.</summary>
    public double? ProjectionClip { get; init; }

    /// <summary>Layer by layer, how many tokens a token sees, itself included; null for all. Empty: all in every layer.</summary>
    public IReadOnlyList<int?> Windows { get; init; } = [];

    /// <summary>Layer by layer, rotary positions or null for none. Empty: <see cref="Rope"/> in every layer.</summary>
    public IReadOnlyList<RopeOptions?> LayerRopes { get; init; } = [];

    /// <summary>Factor of the scores; null for one over the root of the head size.</summary>
    public double? ScoreScale { get; init; }

    /// <summary>Scores are divided by the layer's number too, counted from 1.</summary>
    public bool ScaleByInverseLayer { get; init; }

    /// <summary>Scores are bent to stay within this: <c>cap * tanh(x / cap)</c>; null for straight.</summary>
    public double? ScoreCap { get; init; }

    /// <summary>Scores fall with distance (ALiBi).</summary>
    public AlibiKind Alibi { get; init; }

    /// <summary>Attention and feed-forward part read the same input instead of one after the other.</summary>
    public bool Parallel { get; init; }

    /// <summary>Factor of what attention and feed-forward part add.</summary>
    public double ResidualScale { get; init; } = 1;

    /// <summary>Factor of the embeddings, rounded to the model's numbers.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>Row of the learned positions that position 0 takes.</summary>
    public int PositionOffset { get; init; }

    /// <summary>Factor of the logits.</summary>
    public double LogitScale { get; init; } = 1;

    /// <summary>Logits are bent to stay within this, after the factor; null for straight.</summary>
    public double? LogitCap { get; init; }

    /// <summary>A mixture in place of the feed-forward part; null for none.</summary>
    public ExpertOptions? Experts { get; init; }

    /// <summary>Reads the keys that decoders share.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="keys">What the family calls them; null for Llama's names.</param>
    /// <exception cref="ModelFileException">A key at fault.</exception>
    public static DecoderOptions Read(ModelConfig config, DecoderKeys? keys = null)
    {
        keys ??= new DecoderKeys();
        config.Only("is_encoder_decoder", "false");
        config.Only("add_cross_attention", "false");
        if (keys.HasDropout)
        {
            config.Dropouts("attention_dropout");
        }
        else
        {
            config.Only("attention_dropout", "0", "0.0");
        }

        config.Only("quantization_config");
        var hidden = config.Size(keys.Hidden);
        var heads = config.Size(keys.Heads);
        var keyValueHeads = keys.KeyValueHeads is { } groups ? config.Size(groups, heads) : heads;
        if (heads % keyValueHeads != 0)
        {
            throw config.Wrong(keys.KeyValueHeads!, keyValueHeads, $"a divisor of {heads} heads");
        }

        var size = ReadHeadSize(config, keys, hidden, heads);
        var rope = keys.Rope is { } ropeKeys ? RopeReader.Read(config, ropeKeys, size) : null;
        var vocabulary = config.Size("vocab_size");
        return new DecoderOptions
        {
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            IntermediateSize = config.Size(keys.Intermediate, keys.UsualIntermediate * hidden),
            Layers = config.Size(keys.Layers),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = size,
            MaxPositions = config.Size(keys.Positions, keys.UsualPositions),
            NormEpsilon = keys.Epsilon is { } epsilon ? config.Epsilon(epsilon, keys.UsualEpsilon) : keys.UsualEpsilon,
            Rope = rope,
            Activation = Activations.Read(config, keys.Activation, keys.UsualActivation),
            PadId = Padding(config, vocabulary),
            Tied = config.Flag("tie_word_embeddings", keys.UsuallyTied) && !config.HeadDiffers,
        };
    }

    /// <summary>A layer's rotary positions, or null.</summary>
    public RopeOptions? RopeOf(int layer) => LayerRopes.Count > 0 ? LayerRopes[layer] : Rope;

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

    private static int ReadHeadSize(ModelConfig config, DecoderKeys keys, int hidden, int heads)
    {
        var written = keys.HeadSize is { } key && config.Has(key);
        if (!written && keys.UsualHeadSize is null && hidden % heads != 0)
        {
            throw config.Wrong(keys.Heads, heads, $"a divisor of {keys.Hidden} {hidden}, or head_dim");
        }

        var size = keys.UsualHeadSize ?? hidden / heads;
        return keys.HeadSize is { } name ? config.Size(name, size) : size;
    }

    // A negative id counts from the end, as for the embedding of PyTorch (old Llama files say -1).
    private static int? Padding(ModelConfig config, int vocabulary) =>
        config.Id("pad_token_id") is not { } id ? null
        : id >= -vocabulary && id < vocabulary ? (id < 0 ? id + vocabulary : id)
        : throw config.Wrong("pad_token_id", id, $"an id of the vocabulary of {vocabulary}");
}

/// <summary>How one projection lays out queries, keys and values.</summary>
public enum FusedLayout
{
    /// <summary>All queries, all keys, all values.</summary>
    Blocks,

    /// <summary>Key-value head by key-value head: its queries, its key, its value.</summary>
    Groups,
}

/// <summary>Norms of queries and keys.</summary>
public enum QueryKeyNorm
{
    None,

    /// <summary>Over the head size, one weight for all heads.</summary>
    Head,

    /// <summary>Over the head size, a weight a head.</summary>
    EachHead,

    /// <summary>The same, each head's weight a tensor by itself, without biases.</summary>
    Apart,

    /// <summary>Over the whole projection.</summary>
    Whole,
}

/// <summary>How a bias by distance is made.</summary>
public enum AlibiKind
{
    None,

    /// <summary>Added to the scaled scores.</summary>
    Scaled,

    /// <summary>Rounded to bfloat16 and added before the scores are scaled (Falcon).</summary>
    Unscaled,
}
