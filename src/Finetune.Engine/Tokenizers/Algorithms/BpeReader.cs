namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Reads a <c>model</c> of type BPE; merges as pairs or as "left right".</summary>
internal static class BpeReader
{
    public static Bpe Read(JsonPlace place)
    {
        place.Closed(
            "type",
            "dropout",
            "unk_token",
            "continuing_subword_prefix",
            "end_of_word_suffix",
            "fuse_unk",
            "byte_fallback",
            "ignore_merges",
            "vocab",
            "merges"
        );
        if (place.Optional("dropout") is { } dropout && dropout.AsDouble() != 0)
        {
            throw dropout.Fail("null or 0, since dropout makes ids random");
        }

        var vocabulary = new Vocabulary(place.Required("vocab"));
        var prefix = place.StringOr("continuing_subword_prefix", "")!;
        var unknown = place.StringOr("unk_token", null);
        if (unknown is not null && vocabulary.IdOf(unknown) is null)
        {
            throw place.Required("unk_token").Fail("a token of the vocabulary");
        }

        var options = new BpeOptions(
            unknown,
            place.BoolOr("fuse_unk", false),
            place.BoolOr("byte_fallback", false),
            place.BoolOr("ignore_merges", false),
            prefix,
            place.StringOr("end_of_word_suffix", "")!
        );
        return new Bpe(vocabulary, Merges(place.Required("merges"), vocabulary, prefix), options);
    }

    private static MergeTable Merges(JsonPlace place, Vocabulary vocabulary, string prefix)
    {
        var table = new MergeTable(
            place.Value.ValueKind == System.Text.Json.JsonValueKind.Array ? place.Value.GetArrayLength() : 0
        );
        var rank = 0;
        foreach (var merge in place.Items())
        {
            var (left, right) = Pair(merge);
            var rest = prefix.Length > 0 && right.Length >= prefix.Length ? right[prefix.Length..] : right;
            table.Add(
                vocabulary.IdOf(left) ?? throw merge.Fail("a pair of tokens of the vocabulary"),
                vocabulary.IdOf(right) ?? throw merge.Fail("a pair of tokens of the vocabulary"),
                rank++,
                vocabulary.IdOf(left + rest) ?? throw merge.Fail("a pair whose join is in the vocabulary")
            );
        }

        return table;
    }

    private static (string Left, string Right) Pair(JsonPlace merge)
    {
        var parts =
            merge.Value.ValueKind == System.Text.Json.JsonValueKind.Array
                ? [.. merge.Items().Select(item => item.AsString())]
                : merge.AsString().Split(' ');
        return parts.Length == 2 ? (parts[0], parts[1]) : throw merge.Fail("two tokens");
    }
}
