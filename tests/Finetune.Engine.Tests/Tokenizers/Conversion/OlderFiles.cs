using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Tests.Tokenizers.Conversion;

/// <summary>A folder with the files that came before tokenizer.json, written from the vocabulary of one.</summary>
internal sealed class OlderFiles : IDisposable
{
    public OlderFiles(string fixture, JsonObject config)
    {
        Folder = Directory.CreateTempSubdirectory("older-").FullName;
        Source = TokenizerCases.Json(Path.Combine(fixture, "tokenizer.json"));
        Fixture = fixture;
        Config = config;
        config["added_tokens_decoder"] = new JsonObject(
            Source["added_tokens"]!
                .AsArray()
                .Select(token =>
                {
                    var copy = token!.DeepClone().AsObject();
                    copy.Remove("id");
                    return KeyValuePair.Create(token["id"]!.ToJsonString(), (JsonNode?)copy);
                })
        );
    }

    public string Folder { get; }

    public string Fixture { get; }

    public JsonObject Source { get; }

    private JsonObject Config { get; }

    // Tokens that the older format cannot hold.
    private HashSet<string> Lost { get; } = new(StringComparer.Ordinal);

    private JsonNode Model => Source["model"]!;

    /// <summary>What differs between the fixture's cases and the tokenizer of the older files.</summary>
    public List<string> Differences()
    {
        File.WriteAllText(Path.Combine(Folder, "tokenizer_config.json"), Config.ToJsonString());
        var tokenizer = Tokenizer.Load(Folder);
        var cases = TokenizerCases
            .Read(Path.Combine(Fixture, "cases.jsonl"))
            .Where(row => !row["tokens"]!.AsArray().Any(token => Lost.Contains(token!.GetValue<string>())));
        return TokenizerCases.Differences(tokenizer, cases);
    }

    public OlderFiles Unigram(int dropped)
    {
        var file = new PieceFile();
        var pieces = Model["vocab"]!.AsArray();
        var unknown = Model["unk_id"]!.GetValue<int>();
        var special = Source["added_tokens"]!.AsArray().Select(token => token!["id"]!.GetValue<int>()).ToHashSet();
        for (var id = 0; id < pieces.Count - dropped; id++)
        {
            var kind =
                id == unknown ? 2
                : special.Contains(id) ? 3
                : 1;
            file.Piece(pieces[id]![0]!.GetValue<string>(), (float)pieces[id]![1]!.GetValue<double>(), kind);
        }

        var parts = Source["normalizer"]?["normalizers"]?.AsArray();
        var map = parts?.FirstOrDefault(part => part!["type"]!.GetValue<string>() == "Precompiled");
        file.Trainer(1, unknown)
            .Normalizer(map is null ? [] : Convert.FromBase64String(map["precompiled_charsmap"]!.GetValue<string>()));
        File.WriteAllBytes(Path.Combine(Folder, "spiece.model"), file.ToArray());
        return this;
    }

    public OlderFiles PieceBpe()
    {
        var file = new PieceFile();
        foreach (var (token, node) in Model["vocab"]!.AsObject().OrderBy(pair => pair.Value!.GetValue<int>()))
        {
            var id = node!.GetValue<int>();
            var isByte = token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal);
            file.Piece(
                token,
                -id,
                token == "<unk>" ? 2
                    : isByte ? 6
                    : 1
            );
        }

        File.WriteAllBytes(
            Path.Combine(Folder, "tokenizer.model"),
            file.Trainer(2, 0, byteFallback: true).Normalizer([]).ToArray()
        );
        return this;
    }

    public OlderFiles ByteLevel()
    {
        var merges = Model["merges"]!.AsArray().Select(pair => $"{pair![0]} {pair[1]}");
        File.WriteAllText(Path.Combine(Folder, "vocab.json"), Model["vocab"]!.ToJsonString());
        File.WriteAllLines(Path.Combine(Folder, "merges.txt"), merges.Prepend("#version: 0.2"));
        return this;
    }

    public OlderFiles Words()
    {
        var words = Model["vocab"]!.AsObject().OrderBy(pair => pair.Value!.GetValue<int>()).Select(pair => pair.Key);
        File.WriteAllLines(Path.Combine(Folder, "vocab.txt"), words);
        return this;
    }

    public OlderFiles Ranks()
    {
        // In ranks, a token that no merge makes would be made all the same: such ids get bytes that are no text.
        var made = Model["merges"]!.AsArray().Select(pair => $"{pair![0]}{pair[1]}").ToHashSet();
        Lost.UnionWith(
            Model["vocab"]!.AsObject().Select(pair => pair.Key).Where(key => key.Length > 1 && !made.Contains(key))
        );
        var lines = Model["vocab"]!
            .AsObject()
            .OrderBy(pair => pair.Value!.GetValue<int>())
            .Select(pair =>
            {
                byte[] bytes = Lost.Contains(pair.Key)
                    ? [0xFF, 0xFE, 0xFF, (byte)pair.Value!.GetValue<int>()]
                    : [.. pair.Key.Select(unit => (byte)Alphabet.Byte(unit))];
                return $"{Convert.ToBase64String(bytes)} {pair.Value}";
            });
        File.WriteAllText(Path.Combine(Folder, "tokenizer.model"), string.Join('\n', lines) + "\n");
        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static class Alphabet
    {
        // GPT-2's alphabet, the other way, written out here once more.
        private static readonly Dictionary<char, int> Bytes = Build();

        public static int Byte(char unit) => Bytes[unit];

        private static Dictionary<char, int> Build()
        {
            var bytes = new Dictionary<char, int>();
            var moved = 0;
            for (var value = 0; value < 256; value++)
            {
                var printable = value is > 32 and < 127 or > 160 and not 173;
                bytes[printable ? (char)value : (char)(256 + moved++)] = value;
            }

            return bytes;
        }
    }
}
