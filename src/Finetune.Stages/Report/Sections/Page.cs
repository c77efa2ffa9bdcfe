using Finetune.Stages.Report.Explorer;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>The report: its sections in their order.</summary>
internal static class Page
{
    // The charts' library, and what each part of the page does beyond being read.
    private static readonly string[] Scripts = ["uplot.min.js", "charts.js", "matrix.js", "explorer.js"];

    private static readonly (
        string Id,
        string Short,
        string Title,
        Func<ReportFacts, ExplorerBlock, Markup> Write
    )[] Parts =
    [
        ("differences", "Certainty", "How sure is that?", (facts, _) => DifferenceSection.Write(facts)),
        ("seeds", "Seeds", "Is it the luck of one seed?", (facts, _) => SeedSection.Write(facts)),
        ("general", "Forgetting", "What did it forget?", (facts, _) => GeneralSection.Write(facts)),
        ("metrics", "Metrics", "Metrics", (facts, _) => MetricsSection.Write(facts)),
        ("gates", "Requirements", "Requirements", (facts, _) => GateSection.Write(facts)),
        ("training", "Training", "Training", (facts, _) => TrainingSection.Write(facts)),
        ("labels", "Labels", "Label by label", (facts, _) => LabelSection.Write(facts)),
        (
            "reliability",
            "Confidence",
            "Is it right as often as it is sure?",
            (facts, _) => ReliabilitySection.Write(facts)
        ),
        ("rows", "Rows", "Every row", (_, rows) => ExplorerSection.Write(rows)),
        ("flips", "Changes", "What changed", (facts, _) => FlipSection.Write(facts)),
        ("samples", "Samples", "Sample answers", (facts, _) => SampleSection.Write(facts)),
        ("slices", "Parts", "Part by part", (facts, _) => SliceSection.Write(facts)),
        ("wordings", "Wordings", "Wording by wording", (facts, _) => WordingSection.Write(facts)),
        ("prompts", "Prompts", "What prompts cost", (facts, _) => PromptSection.Write(facts)),
        ("exports", "Exports", "Exports", (facts, _) => ExportSection.Write(facts)),
        ("data", "Data", "Data", (facts, _) => DataSection.Write(facts)),
        ("compute", "Compute", "Compute", (facts, _) => ComputeSection.Write(facts)),
        ("provenance", "Provenance", "Where this comes from", (facts, _) => ProvenanceSection.Write(facts)),
    ];

    /// <summary>The page.</summary>
    /// <param name="facts">What it says.</param>
    /// <param name="rows">What its explorer shows.</param>
    public static Markup Write(ReportFacts facts, ExplorerBlock rows) =>
        Shell.Write(
            $"{facts.Name}: {facts.Sentence}",
            HeroSection.Write(facts),
            [.. Parts.Select(p => (p.Id, p.Short, p.Title, p.Write(facts, rows)))],
            Markup.Of(
                $"""Written by dotnet finetune {facts.Environment[
                    "dotnet finetune"
                ]}. The same facts for programs are in <code>report.json</code> beside this file."""
            ),
            [.. Scripts.Select(Markup.Resource)]
        );
}
