using System.Globalization;
using System.Text;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Stages.Artifacts;

namespace Finetune.Cli.Integration;

/// <summary>A run in Markdown, for a pull request or a job's summary.</summary>
internal static class MarkdownSummary
{
    /// <summary>The text.</summary>
    public static string Of(RunOutcome outcome)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## {Escaped(outcome.Name)}: {Word(outcome)}\n\n");
        if (outcome.Verdict is { Contenders.Count: > 0, Rows: > 0 } verdict)
        {
            text.Append(CultureInfo.InvariantCulture, $"**{Escaped(VerdictSentence.Of(verdict))}**\n\n");
            foreach (var note in VerdictNotes.Of(verdict))
            {
                text.Append(CultureInfo.InvariantCulture, $"{Escaped(note.Text)}\n\n");
            }

            Contenders(text, verdict);
            Unfit(text, verdict);
            Pairs(text, verdict);
        }

        foreach (var gate in outcome.Gates)
        {
            var sign = gate.Holds switch
            {
                true => "✅",
                false => "❌",
                null => "⏭️ not judged:",
            };
            text.Append(CultureInfo.InvariantCulture, $"- {sign} {Code(gate.Explanation)}\n");
        }

        text.Append(outcome.Gates.Count > 0 ? "\n" : "");
        var problems = outcome.Problems.Where(p => outcome.Broken.All(g => g.Diagnostic != p)).ToList();
        if (problems.Count > 0)
        {
            text.Append(Fenced(DiagnosticPrinter.PrintAll(problems, _ => null)));
        }

        text.Append(Last(outcome));
        return text.ToString();
    }

    private static string Word(RunOutcome outcome) =>
        outcome switch
        {
            { Result: null } => "the document is not valid",
            { Result.Cancelled: true } => "stopped",
            { Result.Ok: false } => "a step failed",
            _ when outcome.Broken.Any() => "a gate is not met",
            { Verdict: { } verdict } when VerdictSentence.Headline(verdict) is { } pair =>
                $"{VerdictSentence.Name(pair.Second)} {pair.Word} {(pair.Word == PairVerdict.NotDistinguishable ? "from" : "than")} {VerdictSentence.Name(pair.First)}",
            _ => "done",
        };

    private static void Contenders(StringBuilder text, VerdictRecord verdict)
    {
        text.Append("| |")
            .AppendJoin("", verdict.Metrics.Select(m => $" {m.Replace('_', ' ')} |"))
            .Append(" tokens a prompt |\n|---|")
            .Insert(text.Length, "---:|", verdict.Metrics.Count + 1)
            .Append('\n');
        foreach (var (name, contender) in verdict.Contenders)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Escaped(VerdictSentence.Name(name))} |");
            foreach (var metric in verdict.Metrics)
            {
                text.Append(CultureInfo.InvariantCulture, $" {Figure(metric, contender)} |");
            }

            text.Append(CultureInfo.InvariantCulture, $" {contender.PromptTokens.Mean:0.#} |\n");
        }

        text.Append('\n');
    }

    private static void Unfit(StringBuilder text, VerdictRecord verdict)
    {
        foreach (var (name, contender) in verdict.Contenders.Where(c => c.Value.Unanswered > 0))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"⚠️ {contender.Unanswered} of {verdict.Examples} prompts of {Escaped(VerdictSentence.Name(name))} did not fit and count as wrong\n\n"
            );
        }
    }

    private static void Pairs(StringBuilder text, VerdictRecord verdict)
    {
        var headline = verdict.Pairs.Where(p => p.Metric == verdict.Metrics[0]).ToList();
        if (headline.Count == 0)
        {
            return;
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"| {verdict.Metrics[0].Replace('_', ' ')} | difference | {100 * verdict.Confidence:0.#} % interval | | p (Holm) | fixed | broken |\n|---|---:|---:|---|---:|---:|---:|\n"
        );
        foreach (var pair in headline)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Escaped(VerdictSentence.Name(pair.Second))} against {Escaped(VerdictSentence.Name(pair.First))} | {Difference(pair, pair.Difference)} | {Difference(pair, pair.Low)} to {Difference(pair, pair.High)} | {pair.Word} | {P(pair.AdjustedP)} | {pair.Fixed} | {pair.Broken} |\n"
            );
        }

        text.Append('\n');
    }

    private static string Figure(string metric, ContenderVerdict contender)
    {
        if (contender.Metrics.GetValueOrDefault(metric) is not { } value)
        {
            return "–";
        }

        var interval = contender.Intervals[metric];
        return metric == "perplexity"
            ? string.Create(CultureInfo.InvariantCulture, $"{value:G4} ({interval.Low:G4} to {interval.High:G4})")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * value:0.0} % ({100 * interval.Low:0.0} to {100 * interval.High:0.0})"
            );
    }

    private static string Difference(PairVerdict pair, double value) =>
        (pair.Metric == "perplexity" ? value : 100 * value).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string P(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Last(RunOutcome outcome)
    {
        var steps = outcome.Result?.Steps ?? [];
        var parts = new List<string>
        {
            string.Create(
                CultureInfo.InvariantCulture,
                $"{steps.Count(s => s.Status == StepStatus.Executed)} steps ran, {steps.Count(s => s.Status == StepStatus.Cached)} cached, {outcome.Seconds:0.0} s"
            ),
            Code(outcome.Document),
        };
        if (outcome.Report is { } report)
        {
            parts.Add($"report: {Code(report)}");
        }

        return string.Join(" · ", parts) + "\n";
    }

    private static string Code(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        var fence = new string('`', 1 + LongestRun(line));
        var pad = fence.Length > 1 ? " " : "";
        return fence + pad + line + pad + fence;
    }

    private static string Fenced(string text)
    {
        var fence = new string('`', Math.Max(3, 1 + LongestRun(text)));
        return $"{fence}text\n{text}{fence}\n\n";
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text.ReplaceLineEndings(" "))
        {
            escaped.Append(
                c switch
                {
                    '<' => "&lt;",
                    '&' => "&amp;",
                    '\\' or '|' or '`' or '*' or '_' or '[' or ']' or '#' or '!' => $"\\{c}",
                    _ => c.ToString(),
                }
            );
        }

        return escaped.ToString();
    }
}
