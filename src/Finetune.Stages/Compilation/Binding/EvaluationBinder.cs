using System.Globalization;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Verdict;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads the evaluation.</summary>
internal static class EvaluationBinder
{
    /// <summary>The metrics that can be measured.</summary>
    public static readonly string[] Metrics = [.. MetricNames.All];

    // What gates call the first metric on general questions.
    private const string General = Gates.GateFigures.General;
    private const string Random = "random";

    /// <summary>The evaluation.</summary>
    public static EvaluationSection Bind(ObjectReader reader) =>
        new()
        {
            Compare = Compare(reader.Find("compare")),
            Templates = reader.Texts("templates"),
            Metrics = Measured(reader.Find("metrics")),
            Slices = Slices(reader.Find("slices")),
            General = reader
                .Object("general")
                .Closed(r => new GeneralSection
                {
                    Source = r.NeedText("source"),
                    Templates = r.Need("templates")?.Texts(mayBeEmpty: false) ?? [],
                }),
            Answers = reader.Object("answers").Closed(Answers),
            ChoiceScore = reader.Find("choice_score")?.Word("sum", "per_token", "per_character", "calibrated") ?? "sum",
            Generate = reader.Object("generate").Closed(Generate) ?? new GenerateSection(),
        };

    private static List<ContenderItem>? Compare(ValueReader? value)
    {
        if (value?.Items(mayBeEmpty: false) is not { } items)
        {
            return null;
        }

        var contenders = new List<ContenderItem>();
        foreach (var item in items)
        {
            if (Contender(item) is not { } contender)
            {
                continue;
            }

            if (contenders.Exists(c => c.Name == contender.Name))
            {
                Repeated(item, contender.Name);
                continue;
            }

            contenders.Add(contender);
        }

        return contenders;
    }

    private static ContenderItem? Contender(ValueReader item)
    {
        switch (item.Node)
        {
            case ScalarNode { Value: string word }:
                return item.KnownWord(word, [ContenderItem.ZeroShot, ContenderItem.Tuned]) is { } name
                    ? new ContenderItem(name, 0) { Place = item.Path }
                    : null;
            case MappingNode:
                var reader = item.Object(item.Node.Span);
                return Means("stage") ? AfterStage(reader.Closed(o => o.NeedText("stage")), item.Path)
                    : Means("adapter") ? Other(reader, "adapter", item.Path)
                    : Means("model") || Means("name") ? Other(reader, "model", item.Path)
                    : FewShot(reader, item.Path);
                bool Means(string key) => reader?.MeansKey(key) == true;
            default:
                item.WrongShape(ContenderItem.ZeroShot, ContenderItem.Tuned, "{ few_shot: 4 }");
                return null;
        }
    }

    private static ContenderItem? AfterStage(string? stage, string place) =>
        stage is null or "" ? null : new ContenderItem($"after_{stage}", 0) { Stage = stage, Place = place };

    private static ContenderItem? Other(ObjectReader? reader, string kind, string place)
    {
        ContenderItem? contender = null;
        reader.Closed(o =>
        {
            var (name, text) = (o.NeedText("name"), o.NeedText(kind));
            if (
                name.Length > 0
                && text.Length > 0
                && PipelineBinder.CheckName(o.Findings, name, o.Peek("name")!.Span, o.PathOf("name"))
            )
            {
                contender = new ContenderItem(name, 0)
                {
                    Model = kind == "model" ? text : null,
                    Adapter = kind == "adapter" ? text : null,
                    Place = place,
                };
            }

            return "";
        });
        return contender;
    }

    private static ContenderItem? FewShot(ObjectReader? reader, string place)
    {
        var section = reader.Closed(o => new FewShotSection
        {
            FewShot = (int)(o.Need("few_shot")?.Whole(new Bounds(1, 1000)) ?? 0),
            Choose = o.Find("choose")?.Word(Random, "first", "each_label", "nearest") ?? Random,
        })!;
        if (section.FewShot == 0)
        {
            return null;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"few_shot_{section.FewShot}");
        return section.Choose == Random
            ? new ContenderItem(name, section.FewShot) { Place = place }
            : new ContenderItem($"{name}_{section.Choose}", section.FewShot) { Choose = section.Choose, Place = place };
    }

    private static List<MetricItem>? Measured(ValueReader? value)
    {
        if (value?.Items(mayBeEmpty: false) is not { } items)
        {
            return null;
        }

        var metrics = new List<MetricItem>();
        foreach (var item in items)
        {
            // A faulty one stays, so that places stay right.
            var metric = Metric(item);
            if (metric.Name.Length > 0 && metrics.Exists(m => m.Name == metric.Name))
            {
                Repeated(item, metric.Name);
            }

            metrics.Add(metric);
        }

        return metrics;
    }

    private static MetricItem Metric(ValueReader item)
    {
        if (item.Node is not MappingNode)
        {
            return new MetricItem(item.Word(Metrics) ?? "", null);
        }

        var name = "";
        var expression = "";
        item.Object(item.Node.Span)
            .Closed(o =>
            {
                (name, expression) = (o.NeedText("name"), o.NeedText("expression"));
                if (Metrics.Contains(name, StringComparer.Ordinal) || name == General)
                {
                    o.Findings.Add(
                        Codes.BadName,
                        o.Peek("name")!.Span,
                        o.PathOf("name"),
                        $"'{name}' is the name of another metric",
                        "call it otherwise"
                    );
                }
                else if (name.Length > 0)
                {
                    PipelineBinder.CheckName(o.Findings, name, o.Peek("name")!.Span, o.PathOf("name"));
                }

                return "";
            });
        return new MetricItem(name, expression);
    }

    private static AnswersSection Answers(ObjectReader reader) =>
        new()
        {
            Take = Take(reader.Find("take")),
            Ignore =
                reader
                    .Find("ignore")
                    ?.Items(mayBeEmpty: false)
                    ?.Select(item => item.Word("case", "punctuation", "articles", "space"))
                    .OfType<string>()
                    .Distinct()
                    .ToArray()
                ?? [],
        };

    private static AnswerTake? Take(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                break;
            case ScalarNode { Value: string word }:
                return value.KnownWord(word, ["all", "first_line", "last_line", "number", "letter"]) is { } known
                    ? new AnswerTake(known, null)
                    : null;
            case MappingNode mapping when mapping.Entries.Any(e => e.Key == "json"):
                var key = value.Object(value.Node.Span).Closed(o => new JsonKeySection { Json = o.NeedText("json") });
                return new AnswerTake("json", key?.Json ?? "");
            case MappingNode:
                var regex = value.Object(value.Node.Span).Closed(o => new RegexSection { Regex = o.NeedText("regex") });
                return new AnswerTake("regex", regex?.Regex ?? "");
            default:
                value.WrongShape("number", "first_line", "{ regex: '#### (.+)' }", "{ json: key }");
                break;
        }

        return null;
    }

    private static List<SliceItem>? Slices(ValueReader? value)
    {
        if (value?.Items(mayBeEmpty: false) is not { Count: > 0 } items)
        {
            return null;
        }

        var slices = new List<SliceItem>();
        foreach (var item in items)
        {
            // A faulty one stays, so that places stay right.
            var slice = Slice(item);
            if (slice.Column.Length > 0 && slices.Contains(slice))
            {
                Repeated(item, slice.Column);
            }

            slices.Add(slice);
        }

        return slices;
    }

    private static SliceItem Slice(ValueReader item)
    {
        switch (item.Node)
        {
            case ScalarNode { Value: not null }:
                return new SliceItem(item.Text() ?? "", ByLength: false);
            case MappingNode:
                var section = item.Object(item.Node.Span)
                    .Closed(o => new LengthSliceSection { Length = o.Need("length")?.Text() ?? "" });
                return new SliceItem(section?.Length ?? "", ByLength: true);
            case ScalarNode:
                // That it has no value has been told.
                break;
            default:
                item.WrongShape("a column", "{ length: a column }");
                break;
        }

        return new SliceItem("", ByLength: false);
    }

    private static GenerateSection Generate(ObjectReader reader) =>
        new()
        {
            MaxTokens = reader.Whole("max_tokens", Bounds.FromOne) ?? 64,
            Temperature = reader.Number("temperature", Bounds.NotNegative) ?? 0,
            TopK = reader.Whole("top_k", Bounds.NotNegative) ?? 0,
            TopP = reader.Number("top_p", new Bounds(0, 1, AboveMinimum: true)) ?? 1,
            PresencePenalty = reader.Number("presence_penalty", new Bounds(-2, 2)) ?? 0,
            FrequencyPenalty = reader.Number("frequency_penalty", new Bounds(-2, 2)) ?? 0,
            RepetitionPenalty = reader.Number("repetition_penalty", Bounds.Positive) ?? 1,
            NoRepeatNgramSize = reader.Whole("no_repeat_ngram_size", Bounds.NotNegative) ?? 0,
            BadWords = reader.Texts("bad_words", mayBeEmpty: true) ?? [],
            TopH = reader.Number("top_h", new Bounds(0, 1, AboveMinimum: true)) ?? 1,
            MinP = reader.Number("min_p", Bounds.BelowOne) ?? 0,
            TypicalP = reader.Number("typical_p", new Bounds(0, 1, AboveMinimum: true)) ?? 1,
            EpsilonCutoff = reader.Number("epsilon_cutoff", Bounds.BelowOne) ?? 0,
            EtaCutoff = reader.Number("eta_cutoff", Bounds.BelowOne) ?? 0,
            Seed = reader.Find("seed")?.Whole(Bounds.NotNegative),
            Stop = reader.Texts("stop", mayBeEmpty: true) ?? [],
        };

    private static void Repeated(ValueReader item, string name) =>
        item.Findings.Add(Codes.Repeated, item.Node.Span, item.Path, $"'{name}' is there twice");
}
