using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Gates;

namespace Finetune.Stages.Report.Facts;

/// <summary>Gathers what the report says from the step's inputs; what is not there is left out.</summary>
internal static class FactsReader
{
    public static ReportFacts Read(StageContext context, ReportSettings settings)
    {
        var verdict = VerdictFile.Read(context.Input("verdict"));
        var metrics = GateFigures.Of(verdict);
        var shown = verdict.Flips.SelectMany(f =>
            f.Fixed.Take(settings.Samples).Concat(f.Broken.Take(settings.Samples))
        );
        var samples = new SampleReader(
            [.. settings.Contenders.Select(c => (c, context.Input($"predictions.{c}")))],
            shown,
            verdict.Examples,
            settings.Samples,
            AnswerReader.Of(verdict.Answers)
        );
        return new ReportFacts(
            1,
            settings.Name,
            VerdictSentence.Of(verdict),
            verdict,
            [.. settings.Require.Select(text => Gate(text, metrics))],
            [.. settings.Contenders.Select(c => SummaryFile.Read<EvaluationSummary>(context.Input($"summary.{c}")))],
            [.. settings.Stages.Select(stage => Training(context, stage))],
            samples.Spread,
            [.. verdict.Flips.Select(f => Flip(f, samples, settings.Samples))],
            Ledger(context, "ledger.split", LedgerFile.ReadSplit),
            Ledger(context, "ledger.render", LedgerFile.ReadRender),
            Ledger(context, "ledger.tokenize", LedgerFile.ReadTokens),
            [
                .. context
                    .InputPaths.Keys.Where(name => name.StartsWith("parity.", StringComparison.Ordinal))
                    .Select(name => ParityFile.Read(context.Input(name))),
            ],
            settings.Graph,
            settings.Document,
            [.. Steps(context, settings)],
            Surroundings(settings)
        );
    }

    private static GateFact Gate(string text, IReadOnlyDictionary<string, double> metrics)
    {
        var requirement = Requirement.Parse(text);
        return new GateFact(text, requirement.Holds(metrics), requirement.Explain(metrics));
    }

    private static TrainingFact Training(StageContext context, string stage) =>
        new(
            SummaryFile.Read<TrainingSummary>(context.Input($"training.{stage}")),
            TrainingCurve.Read(context.Input($"log.{stage}"))
        );

    private static FlipFact Flip(FlipRecord flip, SampleReader samples, int most) =>
        new(
            flip.First,
            flip.Second,
            flip.Fixed.Count,
            flip.Broken.Count,
            [.. flip.Fixed.Take(most).Select(samples.At)],
            [.. flip.Broken.Take(most).Select(samples.At)]
        );

    private static T? Ledger<T>(StageContext context, string input, Func<string, T> read)
        where T : class => context.InputPaths.ContainsKey(input) ? read(context.Input(input)) : null;

    private static IEnumerable<StepFact> Steps(StageContext context, ReportSettings settings) =>
        context
            .InputKeys.Select(entry => new StepFact(
                StepName(entry.Key),
                entry.Value,
                context.InputFacts.TryGetValue(entry.Key, out var facts) ? (JsonObject)facts.DeepClone() : []
            ))
            .DistinctBy(step => step.Step, StringComparer.Ordinal)
            .OrderBy(step => Order(step.Step))
            .ThenBy(step =>
                settings
                    .Stages.Concat(settings.Contenders)
                    .TakeWhile(n => !step.Step.EndsWith("." + n, StringComparison.Ordinal))
                    .Count()
            )
            .ThenBy(step => step.Step, StringComparer.Ordinal);

    private static string StepName(string input)
    {
        var dot = input.IndexOf('.', StringComparison.Ordinal);
        var (kind, name) = dot < 0 ? (input, "") : (input[..dot], input[(dot + 1)..]);
        return kind switch
        {
            "predictions" or "summary" => $"evaluate.{name}",
            "log" or "training" => $"train.{name}",
            "parity" => $"export.{name}",
            "ledger" => name,
            _ => input,
        };
    }

    private static int Order(string step) =>
        step switch
        {
            "split" => 0,
            "render" => 1,
            "tokenize" => 2,
            _ when step.StartsWith("train.", StringComparison.Ordinal) => 3,
            _ when step.StartsWith("evaluate.", StringComparison.Ordinal) => 4,
            _ => 5,
        };

    private static SortedDictionary<string, string> Surroundings(ReportSettings settings) =>
        new(StringComparer.Ordinal)
        {
            ["dotnet finetune"] = typeof(FactsReader).Assembly.GetName().Version?.ToString(3) ?? "",
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["system"] = $"{RuntimeInformation.OSDescription.Trim()} ({RuntimeInformation.OSArchitecture})",
            ["processors"] = Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["seed"] = settings.Document["seed"]?.ToString() ?? "0",
        };
}
