using System.Text;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>
/// The characters of the basic plane in classes that a pattern cannot tell apart: two characters are of one class where
/// every set of the pattern holds both or neither. Any other engine may then run the pattern on one character for each
/// class, whatever it believes of Unicode.
/// </summary>
internal sealed class CharacterClasses
{
    // Characters of ASCII stand for themselves, so that most text is its own translation.
    private const int Plain = 0x80;
    private const int Most = 0x400;
    private readonly char[] _classOf = new char[0x10000];
    private readonly Dictionary<CodePointSet, string> _written = [];

    private CharacterClasses() { }

    /// <summary>Null where the pattern tells too many classes apart.</summary>
    public static CharacterClasses? Of(IReadOnlyCollection<CodePointSet> sets)
    {
        var classes = new CharacterClasses();
        CodePointSet[] distinct = [.. sets.Distinct()];
        var members = distinct.ToDictionary(set => set, _ => new StringBuilder());
        for (var unit = 0; unit < Plain; unit++)
        {
            classes._classOf[unit] = (char)unit;
            Enter((char)unit, set => set.Contains(unit));
        }

        var known = new Dictionary<string, char>(StringComparer.Ordinal);
        var borders = distinct.SelectMany(set => set.Spans()).SelectMany(span => new[] { span.First, span.Last + 1 });
        int[] starts = [.. borders.Append(Plain).Where(at => at is >= Plain and < 0x10000).Distinct().Order()];
        for (var i = 0; i < starts.Length; i++)
        {
            var signature = string.Concat(distinct.Select(set => set.Contains(starts[i]) ? '1' : '0'));
            if (!known.TryGetValue(signature, out var name))
            {
                known[signature] = name = (char)(Plain + known.Count);
                Enter(name, set => set.Contains(starts[i]));
            }

            var end = i + 1 < starts.Length ? starts[i + 1] : 0x10000;
            Array.Fill(classes._classOf, name, starts[i], end - starts[i]);
        }

        foreach (var (set, characters) in members)
        {
            // A class without members matches nothing.
            classes._written[set] = characters.Length == 0 ? "(?!)" : $"[{characters}]";
        }

        return known.Count < Most ? classes : null;

        void Enter(char name, Func<CodePointSet, bool> holds)
        {
            foreach (var set in distinct.Where(holds))
            {
                members[set].Append($"\\u{(int)name:X4}");
            }
        }
    }

    /// <summary>A set as a class of a regular expression over translated text.</summary>
    public string Written(CodePointSet set) => _written[set];

    /// <summary>Writes the class of each character; the text holds no surrogates.</summary>
    public void Translate(ReadOnlySpan<char> text, Span<char> target)
    {
        var map = _classOf;
        for (var i = 0; i < text.Length; i++)
        {
            target[i] = map[text[i]];
        }
    }
}
