using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Export.Gguf;

/// <summary>A byte-level tokenizer of a wanted size: three special tokens, ASCII, and merges of letters.</summary>
internal static class SmallTokenizer
{
    private const int Specials = 3;

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c>.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="size">Ids at most; merges fill what bytes leave.</param>
    public static void Write(string folder, int size)
    {
        var vocabulary = new JsonObject();
        string[] specials = ["<pad>", "<s>", "</s>"];
        foreach (var special in specials)
        {
            vocabulary[special] = vocabulary.Count;
        }

        var bytes = ByteTexts();
        Array.ForEach(bytes, text => vocabulary[text] = vocabulary.Count);
        var merges = new JsonArray();
        foreach (var pair in Pairs().Take(Math.Max(0, size - Specials - bytes.Length)))
        {
            merges.Add(new JsonArray(pair.Left, pair.Right));
            vocabulary[pair.Left + pair.Right] = vocabulary.Count;
        }

        var added = new JsonArray([
            .. specials.Select(
                (text, id) =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["id"] = id,
                            ["content"] = text,
                            ["single_word"] = false,
                            ["lstrip"] = false,
                            ["rstrip"] = false,
                            ["normalized"] = false,
                            ["special"] = true,
                        }
            ),
        ]);
        var level = new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = false,
            ["trim_offsets"] = true,
            ["use_regex"] = true,
        };
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["pre_tokenizer"] = level,
            ["post_processor"] = level.DeepClone(),
            ["decoder"] = level.DeepClone(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = merges,
            },
        };
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), tokenizer.ToJsonString());
        File.WriteAllText(
            Path.Combine(folder, "tokenizer_config.json"),
            """{"bos_token":"<s>","eos_token":"</s>","pad_token":"<pad>","chat_template":"{{ messages[0].content }}"}"""
        );
    }

    // What prints, space and line feed, as GPT-2's alphabet writes them: every token is text, so that servers that speak
    // JSON can say it.
    private static string[] ByteTexts() =>
        [.. Enumerable.Range(33, 94).Select(b => ((char)b).ToString()), "\u0120", "\u010a"];

    private static IEnumerable<(string Left, string Right)> Pairs() =>
        [("t", "h"), ("th", "e"), ("i", "n"), ("\u0120", "a"), ("e", "r"), ("1", "2"), .. Syllables()];

    private static IEnumerable<(string Left, string Right)> Syllables() =>
        from first in "bcdfgjklmnpqsvwxyzBCDFGJKLMNPQSVWXYZ"
        from second in "aeiou"
        select (first.ToString(), second.ToString());
}
