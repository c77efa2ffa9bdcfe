using System.Globalization;
using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>The parts of BERT's normalizer that it adds to the general ones.</summary>
internal static class BertNormalizer
{
    private static readonly CodePointSet Chinese = CodePointSet.Ranges(
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0xF900, 0xFAFF),
        (0x20000, 0x2A6DF),
        (0x2A700, 0x2B73F),
        (0x2B740, 0x2B81F),
        (0x2B920, 0x2CEAF),
        (0x2F800, 0x2FA1F)
    );

    public static INormalizer Read(JsonPlace place)
    {
        place.Closed("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        var lowercase = place.BoolOr("lowercase", true);
        var parts = new List<INormalizer>();
        if (place.BoolOr("clean_text", true))
        {
            parts.Add(new MapNormalizer(Clean));
        }

        if (place.BoolOr("handle_chinese_chars", true))
        {
            parts.Add(new MapNormalizer(rune => Chinese.Contains(rune.Value) ? $" {rune} " : null));
        }

        // Null follows lowercase.
        if (place.BoolOr("strip_accents", lowercase))
        {
            parts.Add(new UnicodeNormalizer(compatible: false, compose: false));
            parts.Add(new FilterNormalizer(UnicodeSets.Category("mn").Not().Contains));
        }

        if (lowercase)
        {
            parts.Add(new LowercaseNormalizer());
        }

        return new NormalizerSequence(parts);
    }

    // White space becomes a space; control, format and private characters and U+FFFD vanish, unassigned ones do not.
    private static string? Clean(Rune rune)
    {
        if (rune.Value is '\t' or '\n' or '\r')
        {
            return " ";
        }

        var category = Rune.GetUnicodeCategory(rune);
        var gone =
            rune.Value is 0 or 0xFFFD
            || category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;
        return gone ? ""
            : UnicodeSets.Space.Contains(rune.Value) ? " "
            : null;
    }
}
