using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>The report: its sections in their order.</summary>
internal static class Page
{
    private static readonly (string Id, string Short, string Title, Func<ReportFacts, Markup> Write)[] Parts =
    [
        ("differences", "Certainty", "How sure is that?", DifferenceSection.Write),
        ("metrics", "Metrics", "Metrics", MetricsSection.Write),
        ("gates", "Requirements", "Requirements", GateSection.Write),
        ("training", "Training", "Training", TrainingSection.Write),
        ("labels", "Labels", "Label by label", LabelSection.Write),
        ("flips", "Changes", "What changed", FlipSection.Write),
        ("samples", "Samples", "Sample answers", SampleSection.Write),
        ("slices", "Parts", "Part by part", SliceSection.Write),
        ("wordings", "Wordings", "Wording by wording", WordingSection.Write),
        ("prompts", "Prompts", "What prompts cost", PromptSection.Write),
        ("exports", "Exports", "Exports", ExportSection.Write),
        ("data", "Data", "Data", DataSection.Write),
        ("compute", "Compute", "Compute", ComputeSection.Write),
        ("provenance", "Provenance", "Where this comes from", ProvenanceSection.Write),
    ];

    public static Markup Write(ReportFacts facts) =>
        Shell.Write(
            $"{facts.Name}: {facts.Sentence}",
            HeroSection.Write(facts),
            [.. Parts.Select(p => (p.Id, p.Short, p.Title, p.Write(facts)))],
            Markup.Of(
                $"""Written by dotnet finetune {facts.Environment[
                    "dotnet finetune"
                ]}. The same facts for programs are in <code>report.json</code> beside this file."""
            )
        );
}
