using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers.AddedTokens;
using static Finetune.Engine.Tokenizers.Conversion.Parts;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>
/// A file of tiktoken ranks (a token in base64 and its rank on each line) as Transformers' TikTokenConverter makes it a
/// tokenizer.json: every way to cut a token into two tokens is a merge, by the token's rank.
/// </summary>
internal static class TiktokenConversion
{
    private const string Numbers = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}";
    private const string SingleNumbers = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}";
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Whether a file's first line is a token and a rank.</summary>
    public static bool IsRanks(string path)
    {
        var start = new byte[256];
        using var stream = File.OpenRead(path);
        var line = start.AsSpan(0, stream.Read(start));
        var end = line.IndexOf((byte)'\n');
        line = end < 0 ? line : line[..end];
        var space = line.IndexOf((byte)' ');
        return space > 0 && Base64.IsValid(line[..space]) && Utf8Parser.TryParse(line[(space + 1)..], out int _, out _);
    }

    /// <exception cref="ModelFileException">A line is no token and rank.</exception>
    public static TokenizerFile Read(string path, TokenizerSettings settings)
    {
        var ranks = Ranks(path);
        var ids = new JsonObject(ranks.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value)));
        var isQwen = settings.Class == TokenizerClass.Qwen;
        var draft = new Draft(path, settings)
        {
            Model = new JsonObject
            {
                ["type"] = "BPE",
                ["fuse_unk"] = false,
                ["ignore_merges"] = true,
                ["vocab"] = ids,
                ["merges"] = Merges(ranks),
            },
            PreTokenizer = PreTokenizerChain(
                Split(new JsonObject { ["Regex"] = (isQwen ? SingleNumbers : Numbers) + Rest }, "Isolated"),
                ByteLevel(addPrefixSpace: false, useRegex: false)
            ),
            Decoder = Parts.Of("ByteLevel"),
            PostProcessor = ByteLevel(addPrefixSpace: true, useRegex: true, trimOffsets: false),
        };
        if (isQwen)
        {
            // The first Qwen's code names these itself.
            string[] named = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
            draft.Normalizer = Parts.Of("NFC");
            draft.Tokens.AddRange(
                named.Concat(Enumerable.Range(0, 205).Select(i => $"<|extra_{i}|>")).Select(t => new ExtraToken(t))
            );
        }

        return draft.Read();
    }

    private static Dictionary<string, int> Ranks(string path)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            var parts = line.Split(' ');
            var bytes = new byte[line.Length];
            if (
                parts.Length != 2
                || !Convert.TryFromBase64String(parts[0], bytes, out var count)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
                || !ranks.TryAdd(Shown(bytes.AsSpan(0, count)), rank)
            )
            {
                throw new ModelFileException(path, $"line {number}", $"\"{line}\"", "a token in base64 and its rank");
            }
        }

        return ranks;
    }

    private static JsonArray Merges(Dictionary<string, int> ranks)
    {
        var known = ranks.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new JsonArray();
        foreach (var (token, _) in ranks.OrderBy(r => r.Value))
        {
            var local = new List<(int Left, int Right, int At)>();
            for (var at = 1; at < token.Length; at++)
            {
                if (
                    known.TryGetValue(token.AsSpan(0, at), out var left)
                    && known.TryGetValue(token.AsSpan(at), out var right)
                )
                {
                    local.Add((left, right, at));
                }
            }

            foreach (var (_, _, at) in local.OrderBy(m => m.Left).ThenBy(m => m.Right))
            {
                merges.Add((JsonNode)new JsonArray(token[..at], token[at..]));
            }
        }

        return merges;
    }

    private static string Shown(ReadOnlySpan<byte> bytes)
    {
        var shown = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            shown.Append(ByteAlphabet.CharOf(value));
        }

        return shown.ToString();
    }
}
