using System.Text;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>
/// NFD, NFC, NFKD, NFKC. A composed character stands for the first of its parts and a part for the whole that it came
/// from, as in tokenizers, whose offsets these are.
/// </summary>
internal sealed class UnicodeNormalizer(bool compatible, bool compose) : INormalizer
{
    // A character, and its change as AlignedText.Transform counts it.
    private readonly record struct Part(int Point, int Change, byte Class);

    public AlignedText Apply(AlignedText text)
    {
        if (Ascii.IsValid(text.Chars))
        {
            return text;
        }

        var parts = Decompose(text);
        var made = compose ? Compose(parts) : parts;
        return text.Transform(made.ConvertAll(part => (part.Point, part.Change)));
    }

    private List<Part> Decompose(AlignedText text)
    {
        var data = UnicodeData.Shared;
        var parts = new List<Part>(text.Length);
        var points = new List<int>();
        var ordered = 0;
        foreach (var rune in text.Chars.EnumerateRunes())
        {
            points.Clear();
            data.Decompose(rune.Value, compatible, points);
            for (var i = 0; i < points.Count; i++)
            {
                var part = new Part(points[i], i == 0 ? 0 : 1, data.ClassOf(points[i]));
                if (part.Class == 0)
                {
                    parts.Add(part);
                    ordered = parts.Count;
                    continue;
                }

                // Canonical order: marks by class, equal classes as they came.
                var at = parts.Count;
                while (at > ordered && parts[at - 1].Class > part.Class)
                {
                    at--;
                }

                parts.Insert(at, part);
            }
        }

        return parts;
    }

    private static List<Part> Compose(List<Part> parts)
    {
        var data = UnicodeData.Shared;
        var made = new List<Part>(parts.Count);
        var (starter, last) = (-1, (byte)0);
        foreach (var part in parts)
        {
            // A mark is blocked by one of its own class or higher, and a starter by any mark between.
            var next = starter == made.Count - 1 || last < part.Class;
            if (starter >= 0 && next && data.Compose(made[starter].Point, part.Point) is { } whole)
            {
                made[starter] = new Part(whole, made[starter].Change + part.Change - 1, 0);
                continue;
            }

            if (part.Class == 0)
            {
                starter = made.Count;
            }

            last = part.Class;
            made.Add(part);
        }

        return made;
    }
}
