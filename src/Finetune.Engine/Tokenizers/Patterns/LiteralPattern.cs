namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>Matches one literal string, ordinally, left to right.</summary>
internal sealed class LiteralPattern(string literal) : IPattern
{
    public List<Stretch> Find(ReadOnlySpan<char> text)
    {
        var found = new List<Stretch>();
        var last = 0;
        while (last < text.Length)
        {
            var at = text[last..].IndexOf(literal, StringComparison.Ordinal);
            if (at < 0)
            {
                found.Add(new Stretch(last, text.Length, false));
                break;
            }

            if (at > 0)
            {
                found.Add(new Stretch(last, last + at, false));
            }

            found.Add(new Stretch(last + at, last + at + literal.Length, true));
            last += at + literal.Length;
        }

        return found;
    }
}
