using System.Text.Json.Nodes;

namespace Finetune.Tests.Stages.Tokenize;

/// <summary>A byte-level tokenizer: one token a character, but "ab" is one token; begin-of-sequence goes in front.</summary>
internal static class TinyTokenizer
{
    public const int Begin = 0;
    public const int End = 1;

    public static string[] Write(StageRun run, bool end = true)
    {
        var vocabulary = new JsonObject { ["<s>"] = Begin, ["</s>"] = End };
        foreach (var c in Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Append('\u0120').Append('\u010a'))
        {
            vocabulary[c.ToString()] = vocabulary.Count;
        }

        vocabulary["ab"] = vocabulary.Count;
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Special(Begin, "<s>"), Special(End, "</s>")),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"""),
            ["post_processor"] = JsonNode.Parse(
                """
                {
                  "type": "TemplateProcessing",
                  "single": [{"SpecialToken":{"id":"<s>","type_id":0}}, {"Sequence":{"id":"A","type_id":0}}],
                  "pair": [{"Sequence":{"id":"A","type_id":0}}, {"Sequence":{"id":"B","type_id":0}}],
                  "special_tokens": {"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]}}
                }
                """
            ),
            ["decoder"] = JsonNode.Parse("""{"type":"ByteLevel"}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(new JsonArray("a", "b")),
            },
        };
        var config = end ? """{"bos_token":"<s>","eos_token":"</s>"}""" : """{"bos_token":"<s>"}""";
        return [run.File("tokenizer.json", tokenizer.ToJsonString()), run.File("tokenizer_config.json", config)];
    }

    private static JsonObject Special(int id, string content) =>
        new()
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        };
}
