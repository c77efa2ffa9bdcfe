using System.Globalization;
using System.Text;

namespace Finetune.Stages.Evaluate;

/// <summary>Okapi BM25 over texts (Robertson and Zaragoza 2009), k1 = 1.2, b = 0.75, with the inverse document frequency that
/// Lucene takes, ln(1 + (N - n + 0.5) / (n + 0.5)): what all texts have counts for next to nothing.</summary>
internal sealed class Bm25
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    private readonly Dictionary<string, List<(int Text, int Times)>> _places = new(StringComparer.Ordinal);
    private readonly int[] _lengths;
    private readonly double _mean;

    /// <summary>Reads texts.</summary>
    public Bm25(IReadOnlyList<string> texts)
    {
        _lengths = new int[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            var words = Words(texts[i]).ToList();
            _lengths[i] = words.Count;
            foreach (var (word, times) in words.CountBy(word => word, StringComparer.Ordinal))
            {
                if (!_places.TryGetValue(word, out var places))
                {
                    _places[word] = places = [];
                }

                places.Add((i, times));
            }
        }

        _mean = _lengths.Length > 0 ? Math.Max(1e-9, _lengths.Average()) : 1;
    }

    /// <summary>The score of every text for a question; a word that is asked twice counts twice.</summary>
    public double[] Scores(string question)
    {
        var scores = new double[_lengths.Length];
        foreach (var word in Words(question))
        {
            if (!_places.TryGetValue(word, out var places))
            {
                continue;
            }

            var rarity = Math.Log(1 + (_lengths.Length - places.Count + 0.5) / (places.Count + 0.5));
            foreach (var (text, times) in places)
            {
                scores[text] += rarity * times * (K1 + 1) / (times + K1 * (1 - B + B * _lengths[text] / _mean));
            }
        }

        return scores;
    }

    /// <summary>Runs of letters and digits, lower case; characters of scripts that put no space between words stand alone.
    /// </summary>
    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            var belongs =
                Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark;
            if (belongs && !StandsAlone(rune.Value))
            {
                word.Append(Rune.ToLowerInvariant(rune).ToString());
                continue;
            }

            if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }

            if (belongs)
            {
                yield return rune.ToString();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    // Thai, Lao, Myanmar, Khmer; kana; ideographs.
    private static bool StandsAlone(int rune) =>
        rune
            is (>= 0x0E00 and <= 0x0EFF)
                or (>= 0x1000 and <= 0x109F)
                or (>= 0x1780 and <= 0x17FF)
                or (>= 0x3040 and <= 0x30FF)
                or (>= 0x3400 and <= 0x9FFF)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0x20000 and <= 0x3FFFF);
}
