using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Models;

/// <summary>Configurations of small models, written to a scratch folder.</summary>
internal static class TinyModel
{
    public static Scratch Folder(Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["model_type"] = "llama",
            ["vocab_size"] = 40,
            ["hidden_size"] = 16,
            ["intermediate_size"] = 24,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["max_position_embeddings"] = 64,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 10000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = false,
            ["bos_token_id"] = 1,
            ["eos_token_id"] = 2,
            ["pad_token_id"] = 0,
            ["torch_dtype"] = "float32",
        };
        change?.Invoke(config);
        var scratch = Scratch.New();
        File.WriteAllText(Path.Combine(scratch.Path, "config.json"), config.ToJsonString());
        return scratch;
    }
}
