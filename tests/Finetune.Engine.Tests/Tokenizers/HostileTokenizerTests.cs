using System.Text.Json.Nodes;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Tests.Tokenizers.Conversion;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Tests.Tokenizers;

/// <summary>Spoiled tokenizers are either still one or an error that names the file, never anything else.</summary>
public sealed class HostileTokenizerTests
{
    // Stands for half a surrogate pair, which no string here may hold.
    private const string Half = "HALF";
    private const string Text = "a b  \u00E9\u4E2D\U0001F600</s><s>x\u2581 1\n";

    private static readonly string[] Values =
    [
        "null",
        "-1",
        "2147483647",
        "1e999",
        "\"\"",
        "\"unheard\"",
        $"\"{Half}\"",
        "[]",
        "[[]]",
        "{}",
        "{\"type\":\"unheard\"}",
        "true",
    ];

    [SkippableTheory]
    [InlineData("added-tokens")]
    [InlineData("bert")]
    [InlineData("deepseek")]
    [InlineData("llama2")]
    [InlineData("xlm-roberta")]
    public void Every_value_of_a_tokenizer_may_lie(string name)
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var source = Path.Combine(FixtureRoots.Shared!, "testdata", "fixtures", "tokenizers", name);
        var sound = Small(TokenizerCases.Json(Path.Combine(source, "tokenizer.json")));
        using var folder = Scratch.New();
        var wrong = new List<string>();
        var path = Path.Combine(folder.Path, "tokenizer.json");
        File.WriteAllText(path, sound.ToJsonString());
        Assert.Null(Fault(folder.Path, out var loads));
        Assert.True(loads);
        foreach (var (place, set) in Places(sound))
        {
            foreach (var value in Values)
            {
                set(value);
                File.WriteAllText(path, sound.ToJsonString().Replace(Half, "\\ud800", StringComparison.Ordinal));
                if (Fault(folder.Path, out _) is { } fault)
                {
                    wrong.Add($"{place} = {value}: {fault}");
                }
            }

            set(null);
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n{string.Join('\n', wrong.Take(20))}");
    }

    [Fact]
    public void Every_byte_of_a_sentencepiece_model_may_lie()
    {
        using var folder = Scratch.New();
        var sound = new PieceFile()
            .Piece("<unk>", 0, 2)
            .Piece("<s>", 0, 3)
            .Piece("</s>", 0, 3)
            .Piece("\u2581a", -1, 1)
            .Piece("a", -2, 1)
            .Piece("b", -3, 4)
            .Trainer(1, 0)
            .Normalizer([4, 0, 0, 0, 0, 0, 0, 0, 65, 0])
            .ToArray();
        var wrong = new List<string>();
        for (var at = 0; at < sound.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                Try($"byte {at} = {value}", [.. sound[..at], value, .. sound[(at + 1)..]]);
            }

            Try($"cut at {at}", sound[..at]);
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n{string.Join('\n', wrong.Take(20))}");

        void Try(string what, byte[] bytes)
        {
            File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.model"), bytes);
            if (Fault(folder.Path, out _) is { } fault)
            {
                wrong.Add($"{what}: {fault}");
            }
        }
    }

    // Null where all is well: it works, or it is refused as it should be.
    private static string? Fault(string folder, out bool loads)
    {
        loads = false;
        try
        {
            var tokenizer = Tokenizer.Load(folder);
            var made = tokenizer.Encode(Text);
            tokenizer.Decode(tokenizer.EncodeIds(Text), skipSpecialTokens: true);
            tokenizer.EncodePair(Text, Text);
            loads = made.Ids.Length > 0;
            return null;
        }
        catch (ModelFileException)
        {
            return null;
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n')[1]}";
        }
    }

    // Fewer tokens and merges: the same shape in less time.
    private static JsonObject Small(JsonObject tokenizer)
    {
        var model = tokenizer["model"]!;
        if (model["merges"] is JsonArray merges)
        {
            while (merges.Count > 5)
            {
                merges.RemoveAt(merges.Count - 1);
            }
        }

        return tokenizer;
    }

    private static IEnumerable<(string Place, Action<string?> Set)> Places(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var key in members.Select(member => member.Key).ToList().Take(12))
                {
                    var value = members[key];
                    yield return ($"{node.GetPath()}.{key}", text => members[key] = text is null ? value : Parse(text));
                    foreach (var inner in value is null ? [] : Places(value))
                    {
                        yield return inner;
                    }
                }

                break;
            case JsonArray items:
                for (var i = 0; i < Math.Min(items.Count, 3); i++)
                {
                    var (value, at) = (items[i], i);
                    yield return ($"{node.GetPath()}[{i}]", text => items[at] = text is null ? value : Parse(text));
                    foreach (var inner in value is null ? [] : Places(value))
                    {
                        yield return inner;
                    }
                }

                break;
        }
    }

    private static JsonNode? Parse(string text) => JsonNode.Parse(text);
}
