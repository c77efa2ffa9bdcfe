using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Models;

/// <summary>A small T5 with the builtin base's tokenizer, which ends every text as T5's does.</summary>
internal static class TinyT5
{
    /// <summary>A folder with a configuration, a tokenizer and random weights.</summary>
    public static Scratch Folder()
    {
        var scratch = Scratch.New();
        var config = new JsonObject
        {
            ["model_type"] = "t5",
            ["vocab_size"] = 1024,
            ["d_model"] = 32,
            ["d_kv"] = 8,
            ["d_ff"] = 64,
            ["num_heads"] = 4,
            ["num_layers"] = 2,
            ["feed_forward_proj"] = "gated-gelu",
            ["is_encoder_decoder"] = true,
            ["tie_word_embeddings"] = false,
            ["decoder_start_token_id"] = 1,
            ["pad_token_id"] = 1,
            ["eos_token_id"] = 0,
        };
        File.WriteAllText(Path.Combine(scratch.Path, "config.json"), config.ToJsonString());
        var tiny = ToolProcess.RepositoryFile("pipelines", "builtin", "tiny");
        var tokenizer = JsonNode.Parse(File.ReadAllText(Path.Combine(tiny, "tokenizer.json")))!;
        tokenizer["post_processor"] = JsonNode.Parse(
            """
            {"type":"TemplateProcessing",
             "single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"<|endoftext|>","type_id":0}}],
             "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],
             "special_tokens":{"<|endoftext|>":{"id":"<|endoftext|>","ids":[0],"tokens":["<|endoftext|>"]}}}
            """
        );
        File.WriteAllText(Path.Combine(scratch.Path, "tokenizer.json"), tokenizer.ToJsonString());
        File.WriteAllText(
            Path.Combine(scratch.Path, "tokenizer_config.json"),
            """{"eos_token":"<|endoftext|>","tokenizer_class":"PreTrainedTokenizerFast"}"""
        );
        using var model = ModelFolder.Initialize(scratch.Path, 5);
        ModelFolder.Save(model, scratch.Path);
        return scratch;
    }
}
