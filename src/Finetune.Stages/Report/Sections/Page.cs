using System.Security.Cryptography;
using System.Text;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>The whole page: one file, no script, nothing fetched; the policy in its head allows its own style and no
/// more.</summary>
internal static class Page
{
    private const string Icon =
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230f766e'/%3E%3Cpath d='M4 11l3-4 2 2 3-5' stroke='white' stroke-width='2' fill='none'/%3E%3C/svg%3E";

    private static readonly (string Id, string Short, string Title, Func<ReportFacts, Markup> Write)[] Parts =
    [
        ("differences", "Certainty", "How sure is that?", DifferenceSection.Write),
        ("metrics", "Metrics", "Metrics", MetricsSection.Write),
        ("gates", "Requirements", "Requirements", GateSection.Write),
        ("training", "Training", "Training", TrainingSection.Write),
        ("labels", "Labels", "Label by label", LabelSection.Write),
        ("flips", "Changes", "What changed", FlipSection.Write),
        ("samples", "Samples", "Sample answers", SampleSection.Write),
        ("wordings", "Wordings", "Wording by wording", WordingSection.Write),
        ("prompts", "Prompts", "What prompts cost", PromptSection.Write),
        ("exports", "Exports", "Exports", ExportSection.Write),
        ("data", "Data", "Data", DataSection.Write),
        ("compute", "Compute", "Compute", ComputeSection.Write),
        ("provenance", "Provenance", "Where this comes from", ProvenanceSection.Write),
    ];

    public static Markup Write(ReportFacts facts)
    {
        var style = Markup.Resource("report.css");
        var digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style.ToString())));
        var sections = Parts
            .Select(p => (p.Id, p.Short, p.Title, Body: p.Write(facts)))
            .Where(s => !s.Body.IsEmpty)
            .ToList();
        return Markup.Of(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta name="generator" content="dotnet finetune">
            <title>{facts.Name}: {facts.Sentence}</title>
            <link rel="icon" href="{Icon}">
            <style>{style}</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the report</a>
            {HeroSection.Write(facts)}
            <nav aria-label="Sections"><ul>{sections.Select(s =>
                Markup.Of($"""<li><a href="#{s.Id}">{s.Short}</a></li>""")
            )}</ul></nav>
            <main id="main">
            {sections.Select(s =>
                Markup.Of(
                    $"""<section id="{s.Id}" aria-labelledby="{s.Id}-title"><h2 id="{s.Id}-title">{s.Title}</h2>{s.Body}</section>{Line}"""
                )
            )}
            </main>
            <footer><p>Written by dotnet finetune {facts.Environment[
                "dotnet finetune"
            ]}. The same facts for programs are in <code>report.json</code> beside this file.</p></footer>
            </body>
            </html>

            """
        );
    }

    private static string Line => "\n";
}
