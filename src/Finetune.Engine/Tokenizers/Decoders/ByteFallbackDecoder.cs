using System.Globalization;
using System.Text;

namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>
/// Joins runs of byte tokens (<c>&lt;0xE4&gt;</c>) to text; a run that is no UTF-8 becomes one U+FFFD a byte.
/// </summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public bool HasByteTokens => true;

    public List<string> Apply(List<string> tokens)
    {
        var texts = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (var token in tokens)
        {
            if (ByteOf(token) is { } value)
            {
                run.Add(value);
                continue;
            }

            Flush(run, texts);
            texts.Add(token);
        }

        Flush(run, texts);
        return texts;
    }

    public static byte? ByteOf(string token) =>
        token.Length == 6
        && token.StartsWith("<0x", StringComparison.Ordinal)
        && token[5] == '>'
        && byte.TryParse(
            token.AsSpan(3, 2),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : null;

    private static void Flush(List<byte> run, List<string> texts)
    {
        if (run.Count == 0)
        {
            return;
        }

        try
        {
            texts.Add(Strict.GetString([.. run]));
        }
        catch (DecoderFallbackException)
        {
            texts.AddRange(Enumerable.Repeat("\uFFFD", run.Count));
        }

        run.Clear();
    }
}
