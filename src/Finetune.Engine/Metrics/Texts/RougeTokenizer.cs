namespace Finetune.Engine.Metrics.Texts;

/// <summary>rouge_score/tokenize.py: lower case, runs of a-z and 0-9, stems of those longer than three.</summary>
internal static class RougeTokenizer
{
    private const int LongestUnstemmed = 3;

    /// <summary>The tokens of a text.</summary>
    public static List<string> Split(string text, bool stemmed)
    {
        var lower = PythonText.Lower(text);
        var tokens = new List<string>();
        var start = -1;
        for (var i = 0; i <= lower.Length; i++)
        {
            var isToken = i < lower.Length && (char.IsAsciiLetterLower(lower[i]) || char.IsAsciiDigit(lower[i]));
            if (isToken && start < 0)
            {
                start = i;
            }
            else if (!isToken && start >= 0)
            {
                var token = lower[start..i];
                tokens.Add(stemmed && token.Length > LongestUnstemmed ? PorterStemmer.Stem(token) : token);
                start = -1;
            }
        }

        return tokens;
    }
}
