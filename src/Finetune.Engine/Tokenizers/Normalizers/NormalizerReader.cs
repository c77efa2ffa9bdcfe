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
            default:
                throw type.Fail("a normalizer that is known here");
        }
    }
}
