using Finetune.Engine.Tokenizers.Algorithms;

namespace Finetune.Engine.Tokenizers.AddedTokens;

/// <summary>Reads <c>added_tokens</c>.</summary>
internal static class AddedTokenReader
{
    public static List<AddedToken> Read(JsonPlace? place, IAlgorithm algorithm, Func<string, string> normalize)
    {
        var tokens = new List<AddedToken>();
        var next = algorithm.Count;
        foreach (var entry in place?.Items() ?? [])
        {
            entry.Closed("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            var content = entry.Required("content").AsString();
            if (content.Length == 0)
            {
                continue;
            }

            // The reference numbers added tokens itself; a file that says otherwise would give other ids there.
            var id = entry.Required("id");
            var wanted = algorithm.IdOf(content) ?? next;
            if (id.AsInt() != wanted)
            {
                throw id.Fail($"{wanted}, the id that \"{content}\" gets from the vocabulary and the tokens before it");
            }

            next = Math.Max(next, wanted + 1);
            var normalized = entry.BoolOr("normalized", !entry.BoolOr("special", false));
            tokens.Add(
                new AddedToken(
                    wanted,
                    content,
                    normalized ? normalize(content) : content,
                    entry.BoolOr("single_word", false),
                    entry.BoolOr("lstrip", false),
                    entry.BoolOr("rstrip", false),
                    normalized,
                    entry.BoolOr("special", false)
                )
            );
        }

        return tokens;
    }
}
