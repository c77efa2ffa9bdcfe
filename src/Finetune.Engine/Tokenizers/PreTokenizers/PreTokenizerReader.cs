using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>Reads <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    public static IPreTokenizer Read(JsonPlace place)
    {
        var type = place.Required("type");
        switch (type.AsString())
        {
            case "Sequence":
                place.Closed("type", "pretokenizers");
                return new PreTokenizerSequence([.. place.Required("pretokenizers").Items().Select(Read)]);
            case "ByteLevel":
                // trim_offsets does nothing here; the post-processor of the same name has its own.
                place.Closed("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPreTokenizer(
                    place.Required("add_prefix_space").AsBool(),
                    place.BoolOr("use_regex", true)
                );
            case "Split":
                place.Closed("type", "pattern", "behavior", "invert");
                return new PatternSplit(
                    PatternReader.Read(place.Required("pattern")),
                    SplitBehaviors.Read(place.Required("behavior")),
                    place.BoolOr("invert", false)
                );
            case "Digits":
                place.Closed("type", "individual_digits");
                return new PatternSplit(
                    Class(UnicodeSets.Category("n")),
                    place.BoolOr("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous
                );
            case "Punctuation":
                place.Closed("type", "behavior");
                return new PatternSplit(
                    Class(Punctuation),
                    place.Optional("behavior") is { } behavior ? SplitBehaviors.Read(behavior) : SplitBehavior.Isolated
                );
            case "Whitespace":
                place.Closed("type");
                return new PatternSplit(
                    new RegexPattern(@"[\w\u200C\u200D]+|[^\w\u200C\u200D\s]+"),
                    SplitBehavior.Removed,
                    true
                );
            case "WhitespaceSplit":
                place.Closed("type");
                return new PatternSplit(Class(UnicodeSets.Space), SplitBehavior.Removed);
            case "CharDelimiterSplit":
                place.Closed("type", "delimiter");
                var delimiter = place.Required("delimiter").AsCharacter();
                return new PatternSplit(new CharacterPattern(point => point == delimiter), SplitBehavior.Removed);
            case "BertPreTokenizer":
                place.Closed("type");
                return new PreTokenizerSequence([
                    new PatternSplit(Class(UnicodeSets.Space), SplitBehavior.Removed),
                    new PatternSplit(Class(Punctuation), SplitBehavior.Isolated),
                ]);
            case "Metaspace":
                return Metaspace(place);
            default:
                throw type.Fail("a pre-tokenizer that is known here");
        }
    }

    /// <summary>Metaspace's settings, which its decoder shares; older files say add_prefix_space.</summary>
    public static PrependScheme Scheme(JsonPlace place)
    {
        place.Closed("type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
        if (place.Optional("prepend_scheme") is not { } scheme)
        {
            return place.BoolOr("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;
        }

        return scheme.AsString() switch
        {
            "first" => PrependScheme.First,
            "always" => PrependScheme.Always,
            "never" => PrependScheme.Never,
            _ => throw scheme.Fail("first, always or never"),
        };
    }

    private static CodePointSet Punctuation { get; } =
        UnicodeSets.Category("p").Or(CodePointSet.Of('$', '+', '<', '=', '>', '^', '`', '|', '~'));

    private static CharacterPattern Class(CodePointSet set) => new(set.Contains);

    private static MetaspacePreTokenizer Metaspace(JsonPlace place)
    {
        var scheme = Scheme(place);
        var replacement = place.Optional("replacement")?.AsCharacter() ?? '\u2581';
        return new MetaspacePreTokenizer(new Rune(replacement), scheme, place.BoolOr("split", true));
    }
}
