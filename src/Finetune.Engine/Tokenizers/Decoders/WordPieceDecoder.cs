namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>
/// Joins words with spaces and their parts without; clean-up then looks at each token alone: punctuation and English
/// contractions lose the space in front.
/// </summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : IDecoder
{
    private static readonly (string From, string To)[] Tidy =
    [
        (" .", "."),
        (" ?", "?"),
        (" !", "!"),
        (" ,", ","),
        (" ' ", "'"),
        (" n't", "n't"),
        (" 'm", "'m"),
        (" do not", " don't"),
        (" 's", "'s"),
        (" 've", "'ve"),
        (" 're", "'re"),
    ];

    public List<string> Apply(List<string> tokens) => [.. tokens.Select(Join)];

    private string Join(string token, int index)
    {
        if (index > 0)
        {
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        }

        return cleanUp ? Clean(token) : token;
    }

    public static string Clean(string token) =>
        Tidy.Aggregate(token, (now, pair) => now.Replace(pair.From, pair.To, StringComparison.Ordinal));
}
