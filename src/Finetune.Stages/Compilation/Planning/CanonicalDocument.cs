using System.Text.Json.Nodes;
using Finetune.Engine.Native;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>The document as reports show it: defaults filled in, without paths.</summary>
internal static class CanonicalDocument
{
    private static readonly string[] SaidElsewhere =
    [
        "precision",
        "quantization",
        "boundary",
        "max_length",
        "seed",
        "answers",
        "choice_score",
    ];

    /// <summary>The document.</summary>
    public static JsonObject Of(CheckedPipeline pipeline)
    {
        var settings = pipeline.Settings;
        var document = new JsonObject
        {
            ["version"] = settings.Version,
            ["name"] = settings.Name,
            ["seed"] = settings.Seed,
            ["sources"] = Map(pipeline.Tables.Values, t => t.Name, t => Source(settings.Sources[t.Name], t.Format!)),
            ["splits"] = Splits(settings.Splits),
            ["templates"] = Map(settings.Templates, t => t.Key, t => Template(t.Value)),
            ["model"] = Model(pipeline),
            ["training"] = new JsonArray([.. settings.Training.Select(t => (JsonNode)Training(pipeline, t))]),
            ["evaluation"] = Evaluation(pipeline),
            ["require"] = Texts(settings.Require),
            ["export"] = Texts(settings.Export.Select(e => e.Format)),
            ["report"] = new JsonObject { ["samples"] = settings.Report?.Samples ?? new ReportSection().Samples },
        };
        if (settings.Seeds is { } seeds)
        {
            document["seeds"] = new JsonArray([.. seeds.Select(seed => JsonValue.Create(seed))]);
        }

        return document;
    }

    private static JsonObject Source(SourceSection source, string format) =>
        new() { ["format"] = format, ["columns"] = Map(source.Columns, c => c.Key, c => JsonValue.Create(c.Value)) };

    private static JsonObject Splits(SplitsSection splits) =>
        splits switch
        {
            FractionSplitsSection fractions => StageJson.ToJson(fractions),
            SourceSplitsSection sources => StageJson.ToJson(sources),
            _ => [],
        };

    private static JsonObject Template(TemplateSection template) =>
        template switch
        {
            PairTemplateSection pair => StageJson.ToJson(pair),
            ChatTemplateSection chat => StageJson.ToJson(chat with { Loss = DataSteps.Loss(chat) }),
            _ => [],
        };

    private static JsonObject Model(CheckedPipeline pipeline)
    {
        var model = pipeline.Settings.Model;
        var result = new JsonObject { ["base"] = pipeline.Model.DisplayName };
        if (pipeline.RandomInitialisation)
        {
            result["init"] = "random";
        }

        result["precision"] = pipeline.Precision;
        if (pipeline.Device != StepFactory.Processor)
        {
            result["device"] = ComputeDevice.Class(pipeline.Device);
        }

        result["adapter"] = model.Adapter is { } adapter ? StageJson.ToJson(adapter with { StartFrom = null }) : null;
        if (pipeline.Quantization is { } quantization)
        {
            result["quantization"] = quantization;
        }

        result["max_length"] = pipeline.Model.MaxLength;
        result["overlong"] = model.Overlong;
        result["boundary"] = model.Boundary;
        return result;
    }

    private static JsonObject Training(CheckedPipeline pipeline, TrainingSection stage)
    {
        var step = ModelSteps.Training(pipeline).First(s => s.Name == $"train.{stage.Name}");
        var settings = step.Settings.DeepClone().AsObject();
        var result = new JsonObject { ["name"] = stage.Name };
        foreach (var key in SaidElsewhere)
        {
            settings.Remove(key);
        }

        // The model's, unless the stage has a word of its own.
        if (stage.Adapter is null)
        {
            settings.Remove("adapter");
        }

        foreach (var (key, value) in settings)
        {
            result[key] = value?.DeepClone();
        }

        if (stage.CachePrefix is { } cachePrefix)
        {
            result["cache_prefix"] = cachePrefix;
        }

        return result;
    }

    private static JsonObject Evaluation(CheckedPipeline pipeline)
    {
        var evaluation = pipeline.Evaluation;
        var result = new JsonObject
        {
            ["compare"] = Texts(pipeline.Contenders.Select(c => c.Name)),
            ["templates"] = Texts(pipeline.Use.Evaluation),
            ["metrics"] = Texts(evaluation.Measured),
            ["choice_score"] = evaluation.ChoiceScore,
            ["generate"] = StageJson.ToJson(evaluation.Generate),
        };
        if (evaluation.Metrics?.Where(m => m.Expression is not null).ToList() is { Count: > 0 } own)
        {
            result["expressions"] = Map(own, m => m.Name, m => JsonValue.Create(m.Expression!));
        }

        if (ModelSteps.Answers(pipeline) is { } answers)
        {
            result["answers"] = StageJson.ToJson(answers);
        }

        if (evaluation.General is { } general)
        {
            result["general"] = StageJson.ToJson(general);
        }

        if (evaluation.Slices is { } slices)
        {
            result["slices"] = Texts(slices.Select(s => s.ByLength ? $"length of {s.Column}" : s.Column));
        }

        return result;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);

    // Keys in ordinal order: a document that only orders its keys otherwise is the same document.
    private static JsonObject Map<T>(IEnumerable<T> items, Func<T, string> name, Func<T, JsonNode> value) =>
        new(items.OrderBy(name, StringComparer.Ordinal).Select(i => KeyValuePair.Create(name(i), (JsonNode?)value(i))));
}
