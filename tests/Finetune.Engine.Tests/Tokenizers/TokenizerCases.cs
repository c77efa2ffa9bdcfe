using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Tests.Tokenizers;

/// <summary>The cases of one tokenizer folder, compared with what the tokenizer makes of them.</summary>
internal static class TokenizerCases
{
    /// <summary>Reads JSONL split at line feeds only: texts hold raw U+2028 and U+0085.</summary>
    public static IEnumerable<JsonObject> Read(string path) =>
        File.ReadAllText(path)
            .Split('\n')
            .Where(line => line.Length > 0)
            .Select(line => JsonNode.Parse(line)!.AsObject());

    public static JsonObject Json(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    /// <summary>What differs, one line a case.</summary>
    public static List<string> Differences(Tokenizer tokenizer, IEnumerable<JsonObject> cases)
    {
        var wrong = new List<string>();
        foreach (var row in cases)
        {
            var text = row["text"]!.GetValue<string>();
            var ids = Ints(row["ids"]!);
            var plain = row["ids_plain"] is { } given ? Ints(given) : ids;
            var decoded = row["decoded"]!.GetValue<string>();
            var skipped = row["decoded_skip"]?.GetValue<string>() ?? decoded;
            var made = tokenizer.Encode(text);
            var checks = new (string What, string Wanted, string Found)[]
            {
                ("ids", Show(ids), Show(made.Ids)),
                ("fast ids", Show(ids), Show(tokenizer.EncodeIds(text))),
                ("plain", Show(plain), Show(tokenizer.EncodeIds(text, addSpecialTokens: false))),
                ("tokens", Show(Strings(row["tokens"]!)), Show(made.Tokens)),
                ("offsets", Show(Offsets(row["offsets"]!)), Show(made.Offsets)),
                ("decoded", decoded, tokenizer.Decode(ids)),
                ("decoded_skip", skipped, tokenizer.Decode(ids, skipSpecialTokens: true)),
                ("streamed", decoded, Streamed(tokenizer, ids, false)),
                ("streamed_skip", skipped, Streamed(tokenizer, ids, true)),
            };
            wrong.AddRange(
                checks
                    .Where(check => check.Wanted != check.Found)
                    .Select(check => $"{row["text"]!.ToJsonString()} {check.What}: {check.Wanted} but {check.Found}")
            );
        }

        return wrong;
    }

    public static string Streamed(Tokenizer tokenizer, int[] ids, bool skip)
    {
        var stream = tokenizer.Stream(skip);
        return string.Concat(ids.Select(stream.Push)) + stream.Flush();
    }

    public static int[] Ints(JsonNode node) => [.. node.AsArray().Select(item => item!.GetValue<int>())];

    public static (int, int)[] Offsets(JsonNode node) =>
        [.. node.AsArray().Select(pair => (pair![0]!.GetValue<int>(), pair[1]!.GetValue<int>()))];

    public static string Show<T>(IEnumerable<T> items) => string.Join(' ', items);

    private static IEnumerable<string> Strings(JsonNode node) =>
        node.AsArray().Select(item => item!.GetValue<string>());
}
