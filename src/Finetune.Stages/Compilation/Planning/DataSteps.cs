using System.Text.Json.Nodes;
using Finetune.Graph.Planning;
using Finetune.Stages.Compilation.Checks;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Compilation.Tables;
using Finetune.Stages.Ingest;
using Finetune.Stages.Render;
using Finetune.Stages.Split;
using Finetune.Stages.Templates;
using Finetune.Stages.Tokenize;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>The steps from files to tokens.</summary>
internal static class DataSteps
{
    /// <summary>What steps on general questions are called after their kind.</summary>
    public const string General = "general";

    private static readonly string[] Parts = ["train", "validation", "test"];

    /// <summary>ingest, split, render, and tokenize where there is training.</summary>
    public static IEnumerable<Step> Of(CheckedPipeline pipeline)
    {
        var sources = Sources(pipeline.Settings.Splits);
        var general = pipeline.Evaluation.General;
        foreach (
            var name in sources
                .Select(s => s.Source)
                .Concat(general is null ? [] : [general.Source])
                .Distinct(StringComparer.Ordinal)
        )
        {
            yield return Ingest(pipeline, pipeline.Tables[name]);
        }

        yield return Split(pipeline, sources);
        yield return Render(pipeline);
        if (general is not null)
        {
            yield return RenderGeneral(pipeline, general);
        }

        if (pipeline.Settings.Training.Count > 0)
        {
            yield return Tokenize(pipeline);
        }
    }

    /// <summary>A template as stages know it.</summary>
    public static TemplateSettings Template(CheckedTemplate template) =>
        new(
            template.Name,
            (template.Section as PairTemplateSection)?.Prompt,
            (template.Section as PairTemplateSection)?.Completion,
            template.Section.Answer,
            template.Section.Choices is { } choices
                ? new ChoiceSettings(choices.Distinct, choices.List, choices.Column)
                : null,
            template.Section is ChatTemplateSection chat ? Messages(chat) : null,
            template.Section switch
            {
                PairTemplateSection pair => pair.Rejected,
                ChatTemplateSection written => written.Rejected,
                _ => null,
            },
            template.Section.Accept
        );

    /// <summary>Which turns of a conversation carry loss: examples that are written out teach nothing, rows do.</summary>
    public static string Loss(ChatTemplateSection chat) =>
        chat.Loss ?? (chat.Messages.Column is null || TemplateUse.HasPair(chat) ? "last" : "all");

    private static MessagesSettings Messages(ChatTemplateSection chat) =>
        new(
            chat.Messages.List?.Select(m => new MessageSettings(m.Role, m.Content)).ToList(),
            chat.Messages.Column,
            chat.Messages.Tools,
            Loss(chat),
            chat.Kwargs?.Values,
            chat.Messages.Rejected
        );

    private static IReadOnlyList<(string Input, string Source)> Sources(SplitsSection splits) =>
        splits switch
        {
            FractionSplitsSection fractions => [("rows", fractions.From)],
            SourceSplitsSection sources =>
            [
                .. new[]
                {
                    ("train", (string?)sources.Train),
                    ("validation", sources.Validation),
                    ("test", sources.Test),
                }
                    .Where(s => s.Item2 is not null)
                    .Select(s => (s.Item1, s.Item2!)),
            ],
            _ => [],
        };

    private static Step Ingest(CheckedPipeline pipeline, SourceTable table)
    {
        var section = pipeline.Settings.Sources[table.Name];
        var columns = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (ours, theirs) in section.Columns)
        {
            columns[ours] = theirs;
        }

        var view = View(pipeline, $"sources.{table.Name}");
        view["files"] = new JsonArray([
            .. table.Files.Select(f => (JsonNode)JsonValue.Create(pipeline.Context.Display(f))),
        ]);
        return StepFactory.Light(
            $"ingest.{table.Name}",
            new IngestSettings(table.Format!, columns, pipeline.Options.Limit),
            [table.Missing is { } reason ? new AbsentInput("files", reason) : new FileInput("files", table.Files)],
            view
        );
    }

    private static Step Split(CheckedPipeline pipeline, IReadOnlyList<(string Input, string Source)> sources)
    {
        var splits = pipeline.Settings.Splits;
        var fractions = splits as FractionSplitsSection;
        var kind = fractions?.By.Kind ?? "sources";
        var byFraction = kind is "hash" or "random";
        var view = View(pipeline, "splits");
        view["sources"] = new JsonObject(
            sources.Select(s => KeyValuePair.Create(s.Input, (JsonNode?)JsonValue.Create(s.Source)))
        );
        return StepFactory.Light(
            "split",
            new SplitSettings(
                kind,
                byFraction ? fractions?.Train ?? 0 : null,
                byFraction ? fractions?.Validation ?? 0 : null,
                byFraction ? fractions?.Test ?? 0 : null,
                fractions?.By.Column,
                fractions?.Group,
                fractions?.Stratify,
                splits.Overlap,
                PromptColumns(pipeline),
                byFraction ? pipeline.Settings.Seed : 0
            ),
            [.. sources.Select(s => new OutputInput(s.Input, $"ingest.{s.Source}", "rows"))],
            view
        );
    }

    private static Step Render(CheckedPipeline pipeline) =>
        StepFactory.Light(
            "render",
            new RenderSettings(
                Templates(pipeline, pipeline.Use.All),
                pipeline.Use.Training,
                pipeline.Use.Evaluation,
                pipeline.Contenders.Any(c => c.Shots > 0)
            ),
            Inputs(pipeline, pipeline.Use.All, part => new OutputInput(part, "split", part)),
            TemplateViews(pipeline, pipeline.Use.All)
        );

    // All rows are test rows, and the choices those that they have.
    private static Step RenderGeneral(CheckedPipeline pipeline, GeneralSection general) =>
        StepFactory.Light(
            $"render.{General}",
            new RenderSettings(Templates(pipeline, general.Templates), [], general.Templates, Shots: false),
            Inputs(pipeline, general.Templates, part => new OutputInput(part, $"ingest.{general.Source}", "rows")),
            TemplateViews(pipeline, general.Templates)
        );

    private static List<TemplateSettings> Templates(CheckedPipeline pipeline, IReadOnlyList<string> names) =>
        [
            .. pipeline
                .Templates.Values.Where(t => names.Contains(t.Name, StringComparer.Ordinal))
                .OrderBy(t => t.Name, StringComparer.Ordinal)
                .Select(Template),
        ];

    private static JsonObject TemplateViews(CheckedPipeline pipeline, IReadOnlyList<string> names)
    {
        var view = View(pipeline, "templates");
        view["templates"] = new JsonObject(
            names.Select(n => KeyValuePair.Create(n, (JsonNode?)View(pipeline, $"templates.{n}")))
        );
        return view;
    }

    // Only messages need the model's chat template: other examples are the same for every model.
    private static List<StepInput> Inputs(
        CheckedPipeline pipeline,
        IReadOnlyList<string> templates,
        Func<string, StepInput> rows
    )
    {
        List<StepInput> inputs = [.. Parts.Select(rows)];
        if (templates.Any(n => pipeline.Templates[n].Section is ChatTemplateSection))
        {
            inputs.Add(ModelSteps.Tokenizer(pipeline));
        }

        return inputs;
    }

    private static Step Tokenize(CheckedPipeline pipeline) =>
        StepFactory.Light(
            "tokenize",
            new TokenizeSettings(pipeline.Model.MaxLength, pipeline.Settings.Model.Overlong, pipeline.Boundary),
            [
                // How long an example may be stands in the base's configuration.
                pipeline.Model.MissingBase
                    is { } reason
                    ? new AbsentInput("tokenizer", reason)
                    : ModelSteps.Tokenizer(pipeline),
                new OutputInput("train", "render", "train"),
                new OutputInput("validation", "render", "validation"),
            ],
            View(pipeline, "model")
        );

    // Where no prompt uses a column, whole texts are learned: then what completions use tells rows apart.
    private static IReadOnlyList<string> PromptColumns(CheckedPipeline pipeline)
    {
        var templates = pipeline.Use.All.Select(n => pipeline.Templates[n]).ToList();
        var prompts = templates.ConvertAll(t => t.Prompt!);
        var texts = prompts.Exists(p => p.WholeRow || p.Columns.Count > 0)
            ? prompts
            : templates.ConvertAll(t => t.Completion!);
        var columns = texts.Exists(p => p.WholeRow) ? pipeline.Splits.Columns.Names : texts.SelectMany(p => p.Columns);
        return [.. columns.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    // Where a step's faults are told; never in its key.
    private static JsonObject View(CheckedPipeline pipeline, string path)
    {
        var place = pipeline.Context.Places.Key(path);
        return new JsonObject
        {
            ["path"] = path,
            ["file"] = place.File,
            ["line"] = place.Line,
            ["column"] = place.Column,
        };
    }
}
