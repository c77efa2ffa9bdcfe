namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// Porter's stemmer (Porter 1980, "An algorithm for suffix stripping") with NLTK's extensions, which rouge_score uses:
/// a few irregular words, -ies and -ied of four letters, y after a consonant, -fulli, -logi and -bli.
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    private static readonly (string Suffix, string Put)[] Doubled =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("izer", "ize"),
        ("bli", "ble"),
        ("alli", "al"),
        ("entli", "ent"),
        ("eli", "e"),
        ("ousli", "ous"),
        ("ization", "ize"),
        ("ation", "ate"),
        ("ator", "ate"),
        ("alism", "al"),
        ("iveness", "ive"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("aliti", "al"),
        ("iviti", "ive"),
        ("biliti", "ble"),
        ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Put)[] Adjectives =
    [
        ("icate", "ic"),
        ("ative", ""),
        ("alize", "al"),
        ("iciti", "ic"),
        ("ical", "ic"),
        ("ful", ""),
        ("ness", ""),
    ];

    // The first that a word ends with decides, so "ement" stands before "ment" and that before "ent".
    private static readonly string[] Endings =
    [
        "al",
        "ance",
        "ence",
        "er",
        "ic",
        "able",
        "ible",
        "ant",
        "ement",
        "ment",
        "ent",
        "ion",
        "ou",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
    ];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        if (Irregular.TryGetValue(word, out var stem))
        {
            return stem;
        }

        return word.Length <= 2 ? word : LongL(FinalE(Ending(Adjective(Doubles(FinalY(Past(Plural(word))))))));
    }

    private static string Plural(string word) =>
        Cut(word, "sses") is { } base1 ? base1 + "ss"
        : Cut(word, "ies") is { } base2 ? base2 + (word.Length == 4 ? "ie" : "i")
        : Cut(word, "ss") is not null ? word
        : Cut(word, "s") ?? word;

    private static string Past(string word)
    {
        if (Cut(word, "ied") is { } short1)
        {
            return short1 + (word.Length == 4 ? "ie" : "i");
        }

        if (Cut(word, "eed") is { } agreed)
        {
            return Measure(agreed) > 0 ? agreed + "ee" : word;
        }

        var stem =
            Cut(word, "ed") is { } past && HasVowel(past) ? past
            : Cut(word, "ing") is { } going && HasVowel(going) ? going
            : null;
        if (stem is null)
        {
            return word;
        }

        if (EndsWith(stem, "at") || EndsWith(stem, "bl") || EndsWith(stem, "iz"))
        {
            return stem + "e";
        }

        if (stem.Length >= 2 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1))
        {
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        }

        return Measure(stem) == 1 && EndsShort(stem) ? stem + "e" : stem;
    }

    private static string FinalY(string word) =>
        Cut(word, "y") is { Length: > 1 } stem && IsConsonant(stem, stem.Length - 1) ? stem + "i" : word;

    private static string Doubles(string word)
    {
        if (Cut(word, "alli") is { } all && Measure(all) > 0)
        {
            return Doubles(all + "al");
        }

        foreach (var (suffix, put) in Doubled)
        {
            if (Cut(word, suffix) is { } stem)
            {
                return Measure(stem) > 0 ? stem + put : word;
            }
        }

        // The l counts as part of the stem, so that "geologi" loses its i.
        return EndsWith(word, "logi") && Measure(word[..^3]) > 0 ? word[..^1] : word;
    }

    private static string Adjective(string word)
    {
        foreach (var (suffix, put) in Adjectives)
        {
            if (Cut(word, suffix) is { } stem)
            {
                return Measure(stem) > 0 ? stem + put : word;
            }
        }

        return word;
    }

    private static string Ending(string word)
    {
        foreach (var suffix in Endings)
        {
            if (Cut(word, suffix) is { } stem)
            {
                return Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't') ? stem : word;
            }
        }

        return word;
    }

    private static string FinalE(string word) =>
        Cut(word, "e") is { } stem && (Measure(stem) > 1 || (Measure(stem) == 1 && !EndsShort(stem))) ? stem : word;

    private static string LongL(string word) => EndsWith(word, "ll") && Measure(word[..^1]) > 1 ? word[..^1] : word;

    private static bool EndsWith(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    private static string? Cut(string word, string suffix) => EndsWith(word, suffix) ? word[..^suffix.Length] : null;

    private static bool IsConsonant(string word, int at) =>
        word[at] is not ('a' or 'e' or 'i' or 'o' or 'u') && (word[at] != 'y' || at == 0 || !IsConsonant(word, at - 1));

    private static bool HasVowel(string word) => Enumerable.Range(0, word.Length).Any(i => !IsConsonant(word, i));

    // How often a consonant follows a vowel.
    private static int Measure(string word) =>
        Enumerable.Range(0, Math.Max(0, word.Length - 1)).Count(i => !IsConsonant(word, i) && IsConsonant(word, i + 1));

    // Consonant, vowel, consonant other than w, x, y; or vowel and consonant alone.
    private static bool EndsShort(string word) =>
        word.Length >= 3
            ? IsConsonant(word, word.Length - 3)
                && !IsConsonant(word, word.Length - 2)
                && IsConsonant(word, word.Length - 1)
                && word[^1] is not ('w' or 'x' or 'y')
            : word.Length == 2 && !IsConsonant(word, 0) && IsConsonant(word, 1);
}
