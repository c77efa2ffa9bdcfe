namespace Finetune.Engine.Models.Parts;

/// <summary>
/// What a family's <c>config.json</c> calls the numbers all decoders have, and what holds where it says nothing; Llama's
/// by default.
/// </summary>
public sealed record DecoderKeys
{
    public string Hidden { get; init; } = "hidden_size";
    public string Layers { get; init; } = "num_hidden_layers";
    public string Heads { get; init; } = "num_attention_heads";
    public string Positions { get; init; } = "max_position_embeddings";
    public int UsualPositions { get; init; } = 2048;

    /// <summary>Null: as many heads for keys and values as for queries, and no key that says otherwise.</summary>
    public string? KeyValueHeads { get; init; } = "num_key_value_heads";

    /// <summary>Null: the hidden size parted by heads, and no key that says otherwise.</summary>
    public string? HeadSize { get; init; } = "head_dim";

    /// <summary>A family's own head size where the file does not say; null for hidden / heads.</summary>
    public int? UsualHeadSize { get; init; }

    public string Intermediate { get; init; } = "intermediate_size";

    /// <summary>Width of the feed-forward part in hidden sizes where the file does not say; null: it must.</summary>
    public int? UsualIntermediate { get; init; }

    /// <summary>Null: always the usual one, and no key that says otherwise.</summary>
    public string? Epsilon { get; init; } = "rms_norm_eps";

    public double UsualEpsilon { get; init; } = 1e-6;
    public string Activation { get; init; } = "hidden_act";
    public string UsualActivation { get; init; } = "silu";

    /// <summary>Whether the head is the embedding's weight where the file does not say.</summary>
    public bool UsuallyTied { get; init; }

    /// <summary>Published files carry the dropout of pre-training, which tuning does not apply.</summary>
    public bool HasDropout { get; init; }

    /// <summary>Null: no rotary positions, and no key about them.</summary>
    public RopeKeys? Rope { get; init; } = new();
}

/// <summary>Keys of rotary positions and what holds without them.</summary>
public sealed record RopeKeys
{
    public string Theta { get; init; } = "rope_theta";
    public double UsualTheta { get; init; } = 10_000;

    /// <summary>The share of a head that turns; null: the whole of it, and a key that says otherwise is at fault.</summary>
    public string? Partial { get; init; }

    public double UsualPartial { get; init; } = 1;
}
