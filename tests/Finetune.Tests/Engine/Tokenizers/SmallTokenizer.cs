using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers;

namespace Finetune.Tests.Engine.Tokenizers;

/// <summary>Tokenizers of a few dozen tokens, written to a folder of their own for one test.</summary>
internal sealed class SmallTokenizer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizer").FullName;

    /// <summary>All bytes and these merges, GPT-2 style; &lt;s&gt; and &lt;/s&gt; are the last two ids.</summary>
    public static JsonObject ByteLevel(params (string Left, string Right)[] merges)
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < 256; value++)
        {
            vocabulary[ByteAlphabet.CharOf((byte)value).ToString()] = value;
        }

        foreach (var (left, right) in merges)
        {
            if (!vocabulary.ContainsKey(left + right))
            {
                vocabulary[left + right] = vocabulary.Count;
            }
        }

        var count = vocabulary.Count;
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(Special("<s>", count), Special("</s>", count + 1)),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"ByteLevel"}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)new JsonArray(m.Left, m.Right))]),
            },
        };
    }

    /// <summary>A template of the special tokens around a text, either of them optional.</summary>
    public static JsonNode Around(JsonObject tokenizer, bool front, bool back)
    {
        JsonArray Entries() =>
            [.. new[] { front ? Entry("<s>") : null, Text(), back ? Entry("</s>") : null }.OfType<JsonNode>()];
        var tokens = tokenizer["added_tokens"]!.AsArray();
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = Entries(),
            ["pair"] = Entries(),
            ["special_tokens"] = new JsonObject([
                .. tokens
                    .Take(2)
                    .Select(token =>
                        KeyValuePair.Create(
                            token!["content"]!.GetValue<string>(),
                            (JsonNode?)
                                new JsonObject
                                {
                                    ["id"] = token["content"]!.DeepClone(),
                                    ["ids"] = new JsonArray(token["id"]!.DeepClone()),
                                    ["tokens"] = new JsonArray(token["content"]!.DeepClone()),
                                }
                        )
                    ),
            ]),
        };
    }

    public Tokenizer Load(JsonObject tokenizer, string config = """{"bos_token":"<s>","eos_token":"</s>"}""")
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), tokenizer.ToJsonString());
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), config);
        return Tokenizer.Load(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JsonObject Special(string content, int id) =>
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

    private static JsonNode Entry(string token) =>
        JsonNode.Parse($$$"""{"SpecialToken":{"id":"{{{token}}}","type_id":0}}""")!;

    private static JsonNode Text() => JsonNode.Parse("""{"Sequence":{"id":"A","type_id":0}}""")!;
}
