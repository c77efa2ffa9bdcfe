using System.Text.Json.Nodes;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Tokens, parameters, operations, and what the steps took on the machine that made them.</summary>
internal static class ComputeSection
{
    // Hoffmann et al. 2022: about twenty tokens a parameter spend a pre-training budget best.
    private const double OptimalTokensPerParameter = 20;

    public static Markup Write(ReportFacts facts) => Markup.Of($"{Training(facts)}{Measured(facts)}");

    private static Markup Training(ReportFacts facts)
    {
        if (facts.Trainings.Count == 0)
        {
            return Markup.Of($"""<p class="lead">Nothing was trained: this pipeline only measures.</p>""");
        }

        var rows = facts.Trainings.Select(t => t.Summary).ToList();
        var parameters = rows.Max(s => s.Parameters);
        var tokens = rows.Sum(s => s.Tokens);
        var optimal = OptimalTokensPerParameter * parameters;
        return Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="Training compute"><table>
            <thead><tr><th scope="col">Training stage</th><th scope="col" class="number">Parameters</th><th scope="col" class="number">Trained</th><th scope="col" class="number">Tokens</th><th scope="col" class="number">FLOPs (6·N·tokens)</th><th scope="col">Precision</th><th scope="col" class="number">Micro-batch</th></tr></thead>
            <tbody>{rows.Select(s =>
                Markup.Of(
                    $"""<tr><th scope="row">{s.Stage}</th><td class="number">{Figures.Count(s.Parameters)}</td><td class="number">{Figures.Count(s.TrainableParameters)} ({Figures.Percent((double)s.TrainableParameters / Math.Max(1, s.Parameters))})</td><td class="number">{Figures.Count(s.Tokens)}</td><td class="number">{Figures.Number(s.Flops)}</td><td>{s.Precision}</td><td class="number">{(s.MicroBatchSize is { } size ? Figures.Count(size) : "by tokens")}</td></tr>"""
                )
            )}</tbody></table></div>
            <p>A model of {Figures.Large(
                parameters
            )} parameters would be <b>pre-trained</b> best on about {Figures.Large(
                optimal
            )} tokens (20 a parameter, Chinchilla); this training saw {Figures.Large(tokens)}, {Figures.Percent(
                tokens / optimal
            )} of that. Fine-tuning needs far fewer: it builds on what the base has read.</p>

            """
        );
    }

    private static Markup Measured(ReportFacts facts)
    {
        var steps = facts.Steps.Where(s => s.Facts.Count > 0).ToList();
        if (steps.Count == 0)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <h3>Measured when the steps ran</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="Measured facts of steps"><table>
            <thead><tr><th scope="col">Step</th><th scope="col" class="number">Time</th><th scope="col" class="number">Peak memory</th><th scope="col" class="number">Tokens a second</th><th scope="col">More</th></tr></thead>
            <tbody>{steps.Select(s =>
                Markup.Of(
                    $"""<tr><th scope="row">{s.Step}</th><td class="number">{Fact(s, "seconds", Figures.Seconds)}</td><td class="number">{Fact(s, "peak_memory_bytes", Figures.Bytes)}</td><td class="number">{Fact(s, "tokens_per_second", v => Figures.Count((long)v))}</td><td class="dim">{More(s.Facts)}</td></tr>"""
                )
            )}</tbody></table></div>
            <p class="dim">Of the run that made each result; a cached run does not measure again.</p>

            """
        );
    }

    private static string Fact(StepFact step, string name, Func<double, string> written) =>
        step.Figure(name) is { } value ? written(value) : "–";

    private static string More(JsonObject facts) =>
        string.Join(
            ", ",
            facts
                .Where(f => f.Key is not ("seconds" or "peak_memory_bytes" or "tokens_per_second"))
                .Where(f => f.Value is JsonValue)
                .Select(f =>
                    $"{f.Key.Replace('_', ' ')} {(StepFact.Number(f.Value) is { } v ? Figures.Number(v) : f.Value!.ToString())}"
                )
        );
}
