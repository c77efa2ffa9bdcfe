using System.Text.Json.Nodes;

namespace Finetune.Benchmarks;

/// <summary>The shape that training is timed on: 25.95 M matrix-product parameters, tied head.</summary>
internal static class SpeedShape
{
    public const int Vocabulary = 8192;
    public const int Hidden = 576;
    public const int Layers = 6;
    public const int Heads = 9;
    public const int KeyValueHeads = 3;
    public const int HeadSize = 64;
    public const int Intermediate = 1536;

    /// <summary>Weights that take part in matrix products, the head once.</summary>
    public const long ProductParameters =
        (long)Vocabulary * Hidden
        + Layers * ((long)Hidden * HeadSize * (2 * Heads + 2 * KeyValueHeads) + 3L * Hidden * Intermediate);

    public static string Config =>
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
            ["max_position_embeddings"] = 1024,
            ["rms_norm_eps"] = 1e-6,
            ["rope_theta"] = 10000.0,
            ["tie_word_embeddings"] = true,
            ["eos_token_id"] = 0,
        }.ToJsonString();
}
