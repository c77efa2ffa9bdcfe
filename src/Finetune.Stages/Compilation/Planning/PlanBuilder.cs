using System.Text.Json.Nodes;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Gates;
using Finetune.Stages.Report;
using Finetune.Stages.Verdict;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>Puts the steps in an order in which they can run.</summary>
internal static class PlanBuilder
{
    /// <summary>The plan and what goes with it.</summary>
    public static CompiledPipeline Build(CheckedPipeline pipeline, IReadOnlyList<Requirement> require)
    {
        var document = CanonicalDocument.Of(pipeline);
        var steps = new List<Step>();
        steps.AddRange(DataSteps.Of(pipeline));
        steps.AddRange(ModelSteps.Training(pipeline));
        steps.AddRange(ModelSteps.Evaluation(pipeline));
        steps.Add(Verdict(pipeline));
        steps.AddRange(pipeline.Settings.Export.Select(e => ExportSteps.Of(pipeline, e, document)));
        steps.Add(Report(pipeline, document, steps));
        return new CompiledPipeline(
            new Plan(pipeline.Settings.Name, pipeline.Context.Document.Path, steps),
            pipeline.Settings,
            pipeline.Context.Findings.Warnings,
            require,
            document,
            new PredictionTemplate(
                DataSteps.Template(pipeline.Templates[pipeline.Use.Evaluation[0]]),
                ModelSteps.Settings(pipeline, new ContenderItem(ContenderItem.Tuned, 0), pipeline.Seeds[0]),
                pipeline.Model.Folder,
                pipeline.Model.TokenizerFolder,
                pipeline.LastTrainStep,
                "render",
                "evaluation_choices"
            )
            {
                Answers = ModelSteps.Answers(pipeline),
            }
        )
        {
            Device = pipeline.Device,
            Missing = pipeline.Context.Hub.Missing,
            FromHub = pipeline.Context.Hub.Asked,
        };
    }

    private static IEnumerable<StepInput> Predictions(CheckedPipeline pipeline) =>
        pipeline.Contenders.SelectMany(c =>
            new StepInput[]
            {
                new OutputInput($"predictions.{c.Name}", $"evaluate.{c.Name}", "predictions"),
                new OutputInput($"summary.{c.Name}", $"evaluate.{c.Name}", "summary"),
            }
        );

    private static Step Verdict(CheckedPipeline pipeline) =>
        StepFactory.Light(
            "verdict",
            new VerdictSettings([.. pipeline.Contenders.Select(c => c.Name)], pipeline.Evaluation.Measured)
            {
                Answers = ModelSteps.Answers(pipeline),
                Seeds = pipeline.Settings.Seeds,
                General = pipeline.Evaluation.General?.Source,
                Own = Own(pipeline),
                Slices = pipeline.Evaluation.Slices?.Select(s => new SliceSettings(s.Column, s.ByLength)).ToList(),
            },
            [
                .. Predictions(pipeline),
                .. General(pipeline),
                .. pipeline
                    .Seeds.Skip(1)
                    .Select(seed => SeedNames.Of(ContenderItem.Tuned, seed))
                    .Select(name => new OutputInput($"predictions.{name}", $"evaluate.{name}", "predictions")),
                .. pipeline.Evaluation.Slices is null && Own(pipeline) is null
                    ? []
                    : new[] { new OutputInput("rows", "split", "test") },
                .. pipeline.Evaluation.General is { } general && Own(pipeline) is not null
                    ? new[] { new OutputInput("general.rows", $"ingest.{general.Source}", "rows") }
                    : [],
            ]
        );

    private static SortedDictionary<string, string>? Own(CheckedPipeline pipeline)
    {
        var own = (pipeline.Evaluation.Metrics ?? []).Where(m => m.Expression is not null).ToList();
        return own.Count == 0
            ? null
            : new SortedDictionary<string, string>(
                own.ToDictionary(m => m.Name, m => m.Expression!, StringComparer.Ordinal),
                StringComparer.Ordinal
            );
    }

    private static IEnumerable<StepInput> General(CheckedPipeline pipeline) =>
        pipeline.Evaluation.General is null
            ? []
            : new[] { ContenderItem.ZeroShot, ContenderItem.Tuned }.Select(name => new OutputInput(
                $"{DataSteps.General}.{name}",
                $"evaluate.{DataSteps.General}.{name}",
                "predictions"
            ));

    private static Step Report(CheckedPipeline pipeline, JsonObject document, IReadOnlyList<Step> before)
    {
        var training = pipeline.Settings.Training;
        var inputs = new List<StepInput> { new OutputInput("verdict", "verdict", "verdict") };
        inputs.AddRange(Predictions(pipeline));
        foreach (var stage in training)
        {
            inputs.Add(new OutputInput($"log.{stage.Name}", $"train.{stage.Name}", "log"));
            inputs.Add(new OutputInput($"training.{stage.Name}", $"train.{stage.Name}", "summary"));
        }

        inputs.AddRange(
            pipeline.Settings.Export.Select(e => new OutputInput($"parity.{e.Format}", $"export.{e.Format}", "parity"))
        );
        inputs.Add(new OutputInput("ledger.split", "split", "ledger"));
        inputs.Add(new OutputInput("ledger.render", "render", "ledger"));
        if (training.Count > 0)
        {
            inputs.Add(new OutputInput("ledger.tokenize", "tokenize", "ledger"));
        }

        return StepFactory.Light(
            "report",
            new ReportSettings(
                pipeline.Settings.Name,
                pipeline.Settings.Report?.Samples ?? new ReportSection().Samples,
                [.. pipeline.Contenders.Select(c => c.Name)],
                [.. training.Select(t => t.Name)],
                pipeline.Settings.Require,
                [
                    .. before.Select(step => new GraphStep(
                        step.Name,
                        [.. step.Inputs.OfType<OutputInput>().Select(i => i.Step).Distinct(StringComparer.Ordinal)]
                    )),
                ],
                document
            ),
            inputs
        );
    }
}
