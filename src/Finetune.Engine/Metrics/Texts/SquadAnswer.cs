using System.Globalization;
using System.Text;

namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// Answers to questions as the SQuAD 2.0 evaluation script judges them (Rajpurkar and others 2018, evaluate-v2.0.py).
/// </summary>
public static class SquadAnswer
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>Lower case, without ASCII punctuation, then without articles, blanks collapsed; in this order.</summary>
    public static string Normalize(string text)
    {
        var bare = string.Concat(PythonText.Lower(text).Where(c => !Punctuation.Contains(c, StringComparison.Ordinal)));
        return string.Join(' ', PythonText.Split(WithoutArticles(bare)));
    }

    /// <summary>1 or 0, and the F1 of words; each the best over the right answers. No right answer is the empty one.</summary>
    public static (double Exact, double F1) Of(string prediction, IEnumerable<string> golds)
    {
        var answer = Normalize(prediction);
        var right = golds.Select(Normalize).Where(gold => gold.Length > 0).DefaultIfEmpty("").ToList();
        return (
            right.Contains(answer, StringComparer.Ordinal) ? 1 : 0,
            right.Max(gold => F1(PythonText.Split(answer), PythonText.Split(gold)))
        );
    }

    private static double F1(List<string> answer, List<string> gold)
    {
        if (answer.Count == 0 || gold.Count == 0)
        {
            return answer.Count == gold.Count ? 1 : 0;
        }

        double shared = WordNgrams.Shared(WordNgrams.Count(answer, 1), WordNgrams.Count(gold, 1));
        return new RougeScore(shared / answer.Count, shared / gold.Count).F;
    }

    // \b(a|an|the)\b: a run of word characters that is an article. For Python those are letters and numbers, not marks.
    private static string WithoutArticles(string text)
    {
        var kept = new StringBuilder(text.Length);
        var run = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsWord(rune))
            {
                run.Append(rune.ToString());
                continue;
            }

            Flush();
            kept.Append(rune.ToString());
        }

        Flush();
        return kept.ToString();

        void Flush()
        {
            var word = run.ToString();
            kept.Append(word is "a" or "an" or "the" ? " " : word);
            run.Clear();
        }
    }

    private static bool IsWord(Rune rune) =>
        Rune.IsLetter(rune)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber;
}
