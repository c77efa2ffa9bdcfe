namespace Finetune.Engine.Tokenizers.PostProcessors;

/// <summary>Reads <c>post_processor</c>.</summary>
internal static class PostProcessorReader
{
    public static IPostProcessor Read(JsonPlace place)
    {
        var type = place.Required("type");
        switch (type.AsString())
        {
            case "Sequence":
                place.Closed("type", "processors");
                return new PostProcessorSequence([.. place.Required("processors").Items().Select(Read)]);
            case "ByteLevel":
                place.Closed("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPostProcessor(
                    place.BoolOr("trim_offsets", true),
                    place.BoolOr("add_prefix_space", true)
                );
            case "TemplateProcessing":
                place.Closed("type", "single", "pair", "special_tokens");
                var tokens = SpecialTokens(place.Required("special_tokens"));
                return new TemplatePostProcessor(
                    [.. place.Required("single").Items().Select(entry => Entry(entry, tokens, 0))],
                    [.. place.Required("pair").Items().Select(entry => Entry(entry, tokens, 1))]
                );
            case "BertProcessing":
                place.Closed("type", "sep", "cls");
                return Around(place, doubled: false);
            case "RobertaProcessing":
                place.Closed("type", "sep", "cls", "trim_offsets", "add_prefix_space");
                return new PostProcessorSequence([
                    new ByteLevelPostProcessor(
                        place.BoolOr("trim_offsets", true),
                        place.BoolOr("add_prefix_space", true)
                    ),
                    Around(place, doubled: true),
                ]);
            default:
                throw type.Fail("a post-processor that is known here");
        }
    }

    private static TemplatePostProcessor Around(JsonPlace place, bool doubled)
    {
        var front = new TemplateEntry(null, [Named(place.Required("cls"))], 0);
        var end = new TemplateEntry(null, [Named(place.Required("sep"))], 0);
        var second = doubled ? 0 : 1;
        var (first, other) = (new TemplateEntry(0, [], 0), new TemplateEntry(1, [], second));
        return new TemplatePostProcessor(
            [front, first, end],
            doubled ? [front, first, end, end, other, end] : [front, first, end, other, end with { Type = second }]
        );
    }

    private static (int Id, string Token) Named(JsonPlace place) =>
        place.Items().ToArray() is [var token, var id]
            ? (id.AsCount(), token.AsString())
            : throw place.Fail("[token, id]");

    private static Dictionary<string, (int Id, string Token)[]> SpecialTokens(JsonPlace place)
    {
        var all = new Dictionary<string, (int, string)[]>(StringComparer.Ordinal);
        foreach (var (key, entry) in place.Members())
        {
            entry.Closed("id", "ids", "tokens");
            var ids = entry.Required("ids").Items().Select(id => id.AsCount()).ToArray();
            var tokens = entry.Required("tokens").Items().Select(token => token.AsString()).ToArray();
            all[key] = ids.Length == tokens.Length ? [.. ids.Zip(tokens)] : throw entry.Fail("as many ids as tokens");
        }

        return all;
    }

    private static TemplateEntry Entry(JsonPlace place, Dictionary<string, (int Id, string Token)[]> tokens, int most)
    {
        place.Closed("Sequence", "SpecialToken");
        if (place.Optional("Sequence") is { } sequence)
        {
            sequence.Closed("id", "type_id");
            var which = sequence.Required("id").AsString() switch
            {
                "A" => 0,
                "B" when most == 1 => 1,
                _ => throw sequence.Required("id").Fail(most == 1 ? "A or B" : "A"),
            };
            return new TemplateEntry(which, [], sequence.Required("type_id").AsCount());
        }

        var special = place.Required("SpecialToken");
        special.Closed("id", "type_id");
        return new TemplateEntry(
            null,
            tokens.GetValueOrDefault(special.Required("id").AsString())
                ?? throw special.Required("id").Fail("a token that special_tokens lists"),
            special.Required("type_id").AsCount()
        );
    }
}
