using System.Text;

namespace Finetune.Engine.Tokenizers;

/// <summary>One text on its way: added tokens cut out, normalized, cut into pieces, pieces into tokens.</summary>
internal static class TokenizerPass
{
    /// <summary>Takes an id, its token where it is not the vocabulary's, and its place in UTF-16 units.</summary>
    public delegate void Sink(int id, string? token, int start, int end);

    public static void Run(TokenizerFile file, string text, Sink sink)
    {
        // Half a surrogate pair is no character; bytes of UTF-8 could not hold it.
        var whole = Sound(text);
        foreach (var (start, end, token) in file.Added.Cut(whole, normalized: false))
        {
            if (token is not null)
            {
                sink(token.Id, whole[start..end], start, end);
                continue;
            }

            var piece = AlignedText.Of(whole, start, end);
            Normalized(file, file.Normalizer?.Apply(piece) ?? piece, sink);
        }
    }

    private static void Normalized(TokenizerFile file, AlignedText text, Sink sink)
    {
        foreach (var (start, end, token) in file.Added.Cut(text.Chars, normalized: true))
        {
            if (token is not null)
            {
                var shown = new string(text.Chars[start..end]);
                sink(token.Id, shown, text.StartOf(start), text.EndOf(end - 1));
                continue;
            }

            var pieces = new Pieces(text, [(start, end)]);
            file.PreTokenizer?.Apply(pieces);
            foreach (var (first, last) in pieces.Ranges)
            {
                Segment(file, pieces.Text, first, last, sink);
            }
        }
    }

    private static void Segment(TokenizerFile file, AlignedText text, int start, int end, Sink sink)
    {
        var segmentation = file.Algorithm.Segment(text.Chars[start..end]);
        for (var i = 0; i < segmentation.Ids.Length; i++)
        {
            sink(
                segmentation.Ids[i],
                segmentation.Tokens?[i],
                text.StartOf(start + segmentation.Firsts[i]),
                text.EndOf(start + segmentation.Lasts[i])
            );
        }
    }

    /// <summary>A text whose stray halves of surrogate pairs are U+FFFD.</summary>
    public static string Sound(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var sound = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            sound.Append(rune.ToString());
        }

        return sound.ToString();
    }
}
