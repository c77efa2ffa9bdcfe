using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Answering;

/// <summary>Reads the answer off a generated text, and says whether two answers are the same.</summary>
public sealed partial class AnswerReader
{
    private static readonly Dictionary<string, Func<string, string?>> Plain = new(StringComparer.Ordinal)
    {
        ["all"] = text => text.Trim(),
        ["first_line"] = text => Lines(text).FirstOrDefault(),
        ["last_line"] = text => Lines(text).LastOrDefault(),
        ["number"] = Number,
        ["letter"] = Letter,
    };

    private readonly Func<string, string?> _take;
    private readonly bool _isNumber;
    private readonly HashSet<string> _ignore;

    /// <summary>Reads as the settings say.</summary>
    /// <exception cref="FormatException">The pattern is none.</exception>
    public AnswerReader(AnswerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _isNumber = settings.Take == "number";
        _ignore = settings.Ignore.ToHashSet(StringComparer.Ordinal);
        _take = settings.Take switch
        {
            "regex" => Matching(settings.Argument!),
            "json" => text => Member(text, settings.Argument!),
            _ => Plain[settings.Take],
        };
    }

    /// <summary>A reader; null where all of a text is its answer.</summary>
    /// <exception cref="FormatException">The pattern is none.</exception>
    public static AnswerReader? Of(AnswerSettings? settings) => settings is null ? null : new AnswerReader(settings);

    /// <summary>Whether an answer that a contender left counts as right: generated text by the reader, a choice as it was
    /// picked.</summary>
    /// <param name="reader">Null where all of a text is its answer.</param>
    /// <param name="answer">The answer.</param>
    public static bool IsRight(AnswerReader? reader, Answer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return reader is not null && answer.ChoiceLogProbs is null
            ? answer.References.Any(reference => reader.IsRight(answer.Prediction, reference))
            : answer.Correct;
    }

    /// <summary>The answer; null where the text has none.</summary>
    public string? Read(string? text) => text is null ? null : _take(text);

    /// <summary>Whether a text has the answer that a reference has; a reference is read as a text is, or taken whole where
    /// it has nothing to read.</summary>
    public bool IsRight(string? text, string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return Read(text) is { } answer
            && string.Equals(Bare(answer), Bare(_take(reference) ?? reference.Trim()), StringComparison.Ordinal);
    }

    /// <summary>A pattern's matcher, of time linear in the text.</summary>
    /// <exception cref="FormatException">It is no pattern, or one that looks around or back.</exception>
    public static Regex Pattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException exception)
        {
            throw new FormatException("it looks around or back, which can take for ever", exception);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException(exception.Message.TrimEnd('.'), exception);
        }
    }

    private static Func<string, string?> Matching(string pattern)
    {
        var regex = Pattern(pattern);
        return text =>
            regex.Match(text) is { Success: true } match
                ? (match.Groups.Count > 1 ? match.Groups[1] : match.Groups[0]).Value.Trim()
                : null;
    }

    private string Bare(string answer)
    {
        // 1,200.0 is 1200.
        if (_isNumber && decimal.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number.ToString("0.#############################", CultureInfo.InvariantCulture);
        }

        var text = answer.Trim();
        text = _ignore.Contains("case") ? text.ToLowerInvariant() : text;
        text = _ignore.Contains("punctuation") ? string.Concat(text.Where(c => !IsPunctuation(c))) : text;
        text = _ignore.Contains("articles") ? Articles().Replace(text, " ") : text;
        return _ignore.Contains("space") || _ignore.Contains("articles")
            ? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            : text.Trim();
    }

    // Python's string.punctuation, as SQuAD has it, and what other scripts have in its place.
    private static bool IsPunctuation(char c) =>
        char.IsAscii(c) ? char.IsPunctuation(c) || char.IsSymbol(c) : char.IsPunctuation(c);

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The last number: an answer that is worked out ends with it.</summary>
    private static string? Number(string text)
    {
        string? found = null;
        foreach (var match in Numbers().EnumerateMatches(text))
        {
            found = text.Substring(match.Index, match.Length).Replace(",", "", StringComparison.Ordinal);
        }

        return found;
    }

    /// <summary>The letter of an option: after "answer", in brackets, at the beginning, or the last that stands alone; a
    /// lone "I" or "A" in running text is a word.</summary>
    private static string? Letter(string text)
    {
        foreach (var pattern in new[] { AnswerLetter(), BracketedLetter(), FirstLetter() })
        {
            if (pattern.Match(text) is { Success: true } match)
            {
                return match.Groups[1].Value.ToUpperInvariant();
            }
        }

        return LoneLetter().Matches(text) is { Count: > 0 } lone ? lone[^1].Value : null;
    }

    private static string? Member(string text, string key)
    {
        for (var start = text.IndexOf('{'); start >= 0; start = text.IndexOf('{', start + 1))
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[start..]));
            try
            {
                using var found = JsonDocument.ParseValue(ref reader);
                if (found.RootElement.TryGetProperty(key, out var value))
                {
                    return value.ValueKind switch
                    {
                        JsonValueKind.String => value.GetString()!.Trim(),
                        JsonValueKind.Null => null,
                        _ => value.GetRawText(),
                    };
                }
            }
            catch (JsonException)
            {
                // No object begins here.
            }
        }

        return null;
    }

    [GeneratedRegex(@"(?<!\d)-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\b(?i:answer)(?i:\s+is)?\s*:?\s*[(\[]?([A-Z])\b", RegexOptions.CultureInvariant)]
    private static partial Regex AnswerLetter();

    [GeneratedRegex(@"[(\[]([A-Za-z])[)\]]", RegexOptions.CultureInvariant)]
    private static partial Regex BracketedLetter();

    [GeneratedRegex(@"^\s*([A-Za-z])(?:\s*[.:)\]]|\s*$)", RegexOptions.CultureInvariant)]
    private static partial Regex FirstLetter();

    [GeneratedRegex(@"\b[B-HJ-Z]\b", RegexOptions.CultureInvariant)]
    private static partial Regex LoneLetter();

    [GeneratedRegex(@"\b(?:a|an|the)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Articles();
}
