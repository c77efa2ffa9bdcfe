using System.Text.Json;

namespace Finetune.Engine.Export.Gguf.Vocabulary;

/// <summary>
/// llama.cpp merges a SentencePiece vocabulary by the scores of its tokens, <c>tokenizer.json</c> by a list of merges. The
/// two are the same where the list has every way to make a token of two others, ordered by the token made.
/// </summary>
internal static class SentencePieceScores
{
    /// <summary>A score for each token that merges make: minus the place of its first merge.</summary>
    /// <param name="file">Path, for messages.</param>
    /// <param name="vocabulary">Tokens and ids.</param>
    /// <param name="merges">Pairs, in order.</param>
    /// <exception cref="ModelFileException">The list is no SentencePiece model's.</exception>
    public static IReadOnlyDictionary<string, float> Of(
        string file,
        IReadOnlyDictionary<string, int> vocabulary,
        IReadOnlyList<(string Left, string Right)> merges
    )
    {
        var scores = new Dictionary<string, float>(StringComparer.Ordinal);
        var last = "";
        for (var i = 0; i < merges.Count; i++)
        {
            var made = merges[i].Left + merges[i].Right;
            if (!scores.TryAdd(made, -i) && made != last)
            {
                throw Wrong($"merges that make \"{made}\" in more than one place");
            }

            last = made;
        }

        var known = merges.ToHashSet();
        foreach (var token in scores.Keys)
        {
            for (var at = 1; at < token.Length; at++)
            {
                var pair = (Left: token[..at], Right: token[at..]);
                if (vocabulary.ContainsKey(pair.Left) && vocabulary.ContainsKey(pair.Right) && !known.Contains(pair))
                {
                    throw Wrong($"no merge of \"{pair.Left}\" and \"{pair.Right}\", which are tokens");
                }
            }
        }

        return scores;

        ModelFileException Wrong(string found) =>
            new(
                file,
                "model.merges",
                found,
                "the merges of a SentencePiece model, to export as GGUF; or take a byte-level tokenizer"
            );
    }

    /// <summary>The pairs of either writing of merges.</summary>
    public static IReadOnlyList<(string Left, string Right)> Pairs(JsonElement merges) =>
        [
            .. merges
                .EnumerateArray()
                .Select(merge =>
                    merge.ValueKind == JsonValueKind.Array
                        ? (merge[0].GetString()!, merge[1].GetString()!)
                        : Halves(merge.GetString()!)
                ),
        ];

    private static (string, string) Halves(string merge) =>
        merge.IndexOf(' ', 1) is var at ? (merge[..at], merge[(at + 1)..]) : default;
}
