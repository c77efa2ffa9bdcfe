using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Reads <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    public static INormalizer Read(JsonPlace place)
    {
        var type = place.Required("type");
        switch (type.AsString())
        {
            case "Sequence":
                place.Closed("type", "normalizers");
                return new NormalizerSequence([.. place.Required("normalizers").Items().Select(Read)]);
            case "Prepend":
                place.Closed("type", "prepend");
                return new PrependNormalizer(place.Required("prepend").AsString());
            case "Replace":
                place.Closed("type", "pattern", "content");
                return new ReplaceNormalizer(
                    PatternReader.Read(place.Required("pattern")),
                    place.Required("content").AsString()
                );
            case "Lowercase":
                place.Closed("type");
                return new LowercaseNormalizer();
            case "Strip":
                place.Closed("type", "strip_left", "strip_right");
                return new StripNormalizer(
                    place.Required("strip_left").AsBool(),
                    place.Required("strip_right").AsBool()
                );
            case "StripAccents":
                place.Closed("type");
                return new FilterNormalizer(UnicodeSets.Category("m").Not().Contains);
            case "NFC" or "NFD" or "NFKC" or "NFKD":
                place.Closed("type");
                return new UnicodeNormalizer(type.AsString().Contains('K'), type.AsString().EndsWith('C'));
            case "Precompiled":
                return PrecompiledNormalizer.Read(place);
            case "BertNormalizer":
                return BertNormalizer.Read(place);
            case "Nmt":
                place.Closed("type");
                return new MapNormalizer(Nmt);
            case "ByteLevel":
                place.Closed("type");
                return new MapNormalizer(rune => ByteAlphabet.Write(rune));
            default:
                throw type.Fail("a normalizer that is known here");
        }
    }

    // Sentencepiece's nmt rules: some controls vanish, other kinds of space become one.
    private static string? Nmt(Rune rune) =>
        rune.Value switch
        {
            (>= 0x1 and <= 0x8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F => "",
            0x9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) => " ",
            0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => " ",
            _ => null,
        };
}
