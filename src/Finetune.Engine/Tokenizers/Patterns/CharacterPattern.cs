using System.Text;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>Matches single characters, each on its own.</summary>
internal sealed class CharacterPattern(Func<int, bool> wanted) : IPattern
{
    public List<Stretch> Find(ReadOnlySpan<char> text)
    {
        var found = new List<Stretch>();
        var (last, at) = (0, 0);
        while (at < text.Length)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            if (wanted(rune.Value))
            {
                if (last < at)
                {
                    found.Add(new Stretch(last, at, false));
                }

                found.Add(new Stretch(at, at + length, true));
                last = at + length;
            }

            at += length;
        }

        if (last < text.Length)
        {
            found.Add(new Stretch(last, text.Length, false));
        }

        return found;
    }
}
