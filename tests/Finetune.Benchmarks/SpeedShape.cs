using System.Text.Json.Nodes;

namespace Finetune.Benchmarks;

/// <summary>The shape that is timed: a Llama's, as its config.json says.</summary>
/// <param name="Vocabulary">Rows of the embedding.</param>
/// <param name="Hidden">Width of the hidden states.</param>
/// <param name="Layers">Decoder layers.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads.</param>
/// <param name="HeadSize">Width of a head.</param>
/// <param name="Intermediate">Width of the MLP.</param>
/// <param name="Tied">Whether the head is the embedding.</param>
internal sealed record SpeedShape(
    int Vocabulary,
    int Hidden,
    int Layers,
    int Heads,
    int KeyValueHeads,
    int HeadSize,
    int Intermediate,
    bool Tied
)
{
    /// <summary>Some 26 M matrix-product parameters, tied head: what is timed where no folder is named.</summary>
    public static SpeedShape Usual { get; } = new(8192, 576, 6, 9, 3, 64, 1536, true);

    /// <summary>Weights that take part in matrix products, the head once.</summary>
    public long ProductParameters =>
        (long)Vocabulary * Hidden
        + Layers * ((long)Hidden * HeadSize * (2 * Heads + 2 * KeyValueHeads) + 3L * Hidden * Intermediate);

    /// <summary>Inputs and outputs of each kind of linear layer, the head last.</summary>
    public IReadOnlyList<(int Inputs, int Outputs)> Products =>
        [
            (Hidden, Heads * HeadSize),
            (Hidden, KeyValueHeads * HeadSize),
            (Heads * HeadSize, Hidden),
            (Hidden, Intermediate),
            (Intermediate, Hidden),
            (Hidden, Vocabulary),
        ];

    /// <summary>A <c>config.json</c> of this shape.</summary>
    public string Config =>
        new JsonObject
        {
            ["model_type"] = "llama",
            ["vocab_size"] = Vocabulary,
            ["hidden_size"] = Hidden,
            ["intermediate_size"] = Intermediate,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = KeyValueHeads,
            ["head_dim"] = HeadSize,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = 2048,
            ["rms_norm_eps"] = 1e-6,
            ["rope_theta"] = 10000.0,
            ["tie_word_embeddings"] = Tied,
            ["eos_token_id"] = 0,
        }.ToJsonString();

    /// <summary>The shape of a folder's <c>config.json</c>.</summary>
    public static SpeedShape Of(string folder)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
        int Number(string key, int otherwise) => (int?)config[key] ?? otherwise;
        var heads = Number("num_attention_heads", 0);
        var hidden = Number("hidden_size", 0);
        return new(
            Number("vocab_size", 0),
            hidden,
            Number("num_hidden_layers", 0),
            heads,
            Number("num_key_value_heads", heads),
            Number("head_dim", hidden / Math.Max(1, heads)),
            Number("intermediate_size", 0),
            (bool?)config["tie_word_embeddings"] ?? false
        );
    }
}
