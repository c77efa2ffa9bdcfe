using System.Text.Json.Nodes;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>
/// The merges that a sentencepiece BPE vocabulary implies: every way to cut a piece into two pieces, by the piece's
/// score (Transformers' generate_merges).
/// </summary>
internal static class PieceMerges
{
    private readonly record struct Merge(string Left, string Right, float Score, int LeftLength, int RightLength);

    public static JsonArray Of(IReadOnlyList<(string Text, float Score)> pieces, IReadOnlyDictionary<string, int> ids)
    {
        var known = ((Dictionary<string, int>)ids).GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<Merge>();
        foreach (var (text, score) in pieces)
        {
            var local = new List<(int Left, int Right, Merge Merge)>();
            var whole = Characters(text);
            var characters = 0;
            for (var at = 1; at < text.Length; at++)
            {
                if (char.IsLowSurrogate(text[at]))
                {
                    continue;
                }

                characters++;
                if (
                    known.TryGetValue(text.AsSpan(0, at), out var left)
                    && known.TryGetValue(text.AsSpan(at), out var right)
                )
                {
                    var merge = new Merge(text[..at], text[at..], score, characters, whole - characters);
                    local.Add((left, right, merge));
                }
            }

            merges.AddRange(local.OrderBy(m => m.Left).ThenBy(m => m.Right).Select(m => m.Merge));
        }

        return
        [
            .. merges
                .OrderByDescending(m => m.Score)
                .ThenByDescending(m => m.LeftLength)
                .ThenByDescending(m => m.RightLength)
                .Select(m => (JsonNode)new JsonArray(m.Left, m.Right)),
        ];
    }

    private static int Characters(string text) => text.Length - text.Count(char.IsLowSurrogate);
}
