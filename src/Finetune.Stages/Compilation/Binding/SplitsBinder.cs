using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads the splits: fractions of one source, or a source for each.</summary>
internal static class SplitsBinder
{
    private static readonly string[] Parts = ["train", "validation", "test"];
    private static readonly string[] FractionKeys = ["by", "group", "stratify"];

    /// <summary>The splits; without a source after a fault.</summary>
    public static SplitsSection Bind(ObjectReader? reader) =>
        reader.Closed(Shape) ?? new FractionSplitsSection { From = "" };

    private static SplitsSection Shape(ObjectReader reader)
    {
        if (reader.Has("from"))
        {
            return Fractions(reader);
        }

        var named = Parts.Where(k => reader.Peek(k) is ScalarNode { Value: string });
        if (named.Any())
        {
            return Sources(reader);
        }

        // Without 'from' and without names it is no shape at all; say both.
        if (!reader.MeansKey("from"))
        {
            reader.Findings.Add(
                Codes.WrongShape,
                reader.Place,
                reader.Path,
                "'splits' has neither 'from' nor a source for each split",
                "write { from: SOURCE, train: 0.8, ... } or { train: SOURCE, test: SOURCE }"
            );
        }

        return Fractions(reader);
    }

    private static FractionSplitsSection Fractions(ObjectReader reader) =>
        new()
        {
            From = reader.Text("from") ?? "",
            Train = reader.Number("train", Bounds.Share),
            Validation = reader.Number("validation", Bounds.Share),
            Test = reader.Number("test", Bounds.Share),
            By = Rule(reader.Find("by")),
            Group = reader.Text("group"),
            Stratify = reader.Text("stratify"),
            Overlap = Overlap(reader),
        };

    private static SourceSplitsSection Sources(ObjectReader reader)
    {
        foreach (var key in FractionKeys)
        {
            if (reader.Find(key) is { } value)
            {
                reader.Findings.Add(
                    Codes.Meaningless,
                    reader.KeyPlace(key),
                    value.Path,
                    $"'{key}' has no meaning where each split has a source of its own",
                    "leave it out"
                );
            }
        }

        return new SourceSplitsSection
        {
            Train = reader.NeedText("train"),
            Validation = reader.Text("validation"),
            Test = reader.Text("test"),
            Overlap = Overlap(reader),
        };
    }

    private static string Overlap(ObjectReader reader) =>
        reader.Find("overlap")?.Word("error", "warn", "drop") ?? "error";

    private static SplitRule Rule(ValueReader? value)
    {
        switch (value?.Node)
        {
            case ScalarNode { Value: string word }:
                return new SplitRule(value.KnownWord(word, ["hash", "random"]) ?? "hash", null);
            case MappingNode:
                var column = value
                    .Object(value.Node.Span)
                    .Closed(by => by.NeedObject("field").Closed(field => field.NeedText("column")) ?? "");
                return new SplitRule("field", column);
            case null:
                return new SplitRule("hash", null);
            default:
                value.WrongShape("hash", "random", "{ field: { column: NAME } }");
                return new SplitRule("hash", null);
        }
    }
}
