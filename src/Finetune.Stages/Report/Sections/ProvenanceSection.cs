using System.Text.Encodings.Web;
using System.Text.Json;
using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>How to get the same again: configuration, fingerprints, surroundings, commands.</summary>
internal static class ProvenanceSection
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Markup Write(ReportFacts facts) =>
        Markup.Of(
            $"""
            <p class="lead">Same document, same data, same machine: the same bytes. Results are kept by what made them, so running again costs nothing where nothing changed.</p>
            <pre class="commands"><span class="dim"># run it again, or see what would run and why</span>
            dotnet finetune run pipeline.yml
            dotnet finetune plan pipeline.yml
            <span class="dim"># what makes a step's fingerprint what it is</span>
            dotnet finetune explain {Explained(facts)} pipeline.yml</pre>
            {Graph(facts)}
            {Fingerprints(facts)}
            <details><summary>Configuration as compiled</summary><pre class="code" dir="auto">{facts.Document.ToJsonString(
                Indented
            )}</pre></details>
            <h3>Environment</h3>
            <dl class="facts">{facts.Environment.Select(e => Markup.Of($"<dt>{e.Key}</dt><dd>{e.Value}</dd>"))}</dl>

            """
        );

    private static string Explained(ReportFacts facts) =>
        facts.Steps.Select(s => s.Step).LastOrDefault(s => s.StartsWith("train.", StringComparison.Ordinal))
        ?? "verdict";

    private static Markup Graph(ReportFacts facts)
    {
        if (facts.Graph.Count == 0)
        {
            return Markup.Empty;
        }

        var seconds = facts.Steps.ToDictionary(s => s.Step, s => s.Figure("seconds"), StringComparer.Ordinal);
        string Took(string step) => seconds.GetValueOrDefault(step) is { } known ? Figures.Seconds(known) : "";
        return Markup.Of(
            $"""
            <h3>Steps</h3>
            <p class="dim">Times are of the run that made each result; 'dotnet finetune status' says which of them are in the cache now.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Graph of steps">{StepGraph.Draw(
                facts.Graph,
                Took
            )}</div>
            <details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Steps"><table>
            <thead><tr><th scope="col">Step</th><th scope="col">Reads from</th><th scope="col" class="number">Time</th></tr></thead>
            <tbody>{facts.Graph.Select(step =>
                Markup.Of(
                    $"""<tr><th scope="row">{step.Name}</th><td>{string.Join(", ", step.From)}</td><td class="number">{Took(step.Name)}</td></tr>"""
                )
            )}</tbody></table></div></details>
            """
        );
    }

    private static Markup Fingerprints(ReportFacts facts) =>
        facts.Steps.Count == 0
            ? Markup.Empty
            : Markup.Of(
                $"""<h3>Fingerprints</h3><div class="scroll" tabindex="0" role="region" aria-label="Fingerprints of steps"><table><thead><tr><th scope="col">Step</th><th scope="col">Fingerprint (SHA-256)</th></tr></thead><tbody>{facts.Steps.Select(s => Markup.Of($"""<tr><th scope="row">{s.Step}</th><td><code class="hash">{s.Key}</code></td></tr>"""))}</tbody></table></div>"""
            );
}
