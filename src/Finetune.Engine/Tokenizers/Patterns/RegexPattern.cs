namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>
/// A regular expression with Oniguruma's meaning, on Unicode characters. .NET's own engine works on UTF-16 units and
/// has other classes for <c>\s</c>, <c>\w</c>, <c>^</c> and case, so it would cut some texts elsewhere.
/// </summary>
internal sealed class RegexPattern : IPattern
{
    /// <summary>The pattern that GPT-2 splits by; ByteLevel's own.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly PatternStep[] _steps;
    private readonly int _slots;
    private readonly Lazy<FrameworkPattern?> _framework;

    /// <exception cref="FormatException">The pattern is broken or asks for what is not supported.</exception>
    public RegexPattern(string pattern)
    {
        var node = PatternParser.Parse(pattern);
        (_steps, _slots) = PatternProgram.Compile(node);
        _framework = new Lazy<FrameworkPattern?>(() => FrameworkPattern.Of(node));
    }

    /// <summary>Whether <see cref="Cut"/> runs on the faster engine.</summary>
    public bool IsFast => _framework.Value is not null;

    /// <summary>Cuts a text into matches and what lies between them, as fast as can be; the same as <see cref="Find"/>.</summary>
    public void Cut<T>(ReadOnlySpan<char> text, ref T sink)
        where T : struct, IPieceSink, allows ref struct
    {
        if (_framework.Value is { } framework && !text.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            framework.Cut(text, ref sink);
            return;
        }

        foreach (var stretch in Find(text))
        {
            if (stretch.End > stretch.Start)
            {
                sink.Piece(text[stretch.Start..stretch.End]);
            }
        }
    }

    public List<Stretch> Find(ReadOnlySpan<char> text)
    {
        var found = new List<Stretch>();
        var matcher = new PatternMatcher(_steps, _slots, text);
        var (last, from, lastMatch) = (0, 0, -1);
        while (from <= text.Length && text.Length > 0)
        {
            var (start, end) = Search(ref matcher, text, from);
            if (start < 0)
            {
                break;
            }

            if (start == end && lastMatch == end)
            {
                // An empty match just after a match does not count; go on one character later.
                from += Width(text, from);
                continue;
            }

            (from, lastMatch) = (end, end);
            if (last < start)
            {
                found.Add(new Stretch(last, start, false));
            }

            found.Add(new Stretch(start, end, true));
            last = end;
        }

        if (last < text.Length)
        {
            found.Add(new Stretch(last, text.Length, false));
        }

        return found;
    }

    private static (int Start, int End) Search(ref PatternMatcher matcher, ReadOnlySpan<char> text, int from)
    {
        for (var start = from; start <= text.Length; start += Width(text, start))
        {
            var end = matcher.Match(start, from);
            if (end >= 0)
            {
                return (start, end);
            }
        }

        return (-1, -1);
    }

    private static int Width(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsHighSurrogate(text[at]) && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
}
