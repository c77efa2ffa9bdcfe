using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Curves of every training stage.</summary>
internal static class TrainingSection
{
    public static Markup Write(ReportFacts facts) =>
        Markup.Join(facts.Trainings.Select(t => Stage(t, facts.Trainings.Count > 1)));

    private static Markup Stage(TrainingFact training, bool named)
    {
        var (steps, validations) = (training.Curve.Steps, training.Curve.Validations);
        var summary = training.Summary;
        var loss = new Series("training loss", "zero", [.. steps.Select(p => (p.Step, p.Loss))]);
        var smooth = new Series("smoothed", "tuned", Smoothed(steps));
        var validation = new Series(
            "validation loss",
            "few",
            [.. validations.Where(v => v.Loss is not null).Select(v => (v.Step, v.Loss!.Value))],
            Dots: true
        );
        var accuracy = new Series(
            "validation accuracy",
            "tuned",
            [.. validations.Where(v => v.Accuracy is not null).Select(v => (v.Step, v.Accuracy!.Value))],
            Dots: true
        );
        var rate = new Series(
            "learning rate",
            "tuned",
            [.. steps.Where(p => p.LearningRate is not null).Select(p => (p.Step, p.LearningRate!.Value))]
        );
        var norm = new Series(
            "gradient norm before clipping",
            "zero",
            [.. steps.Where(p => p.GradNorm is not null).Select(p => (p.Step, p.GradNorm!.Value))]
        );
        var preference = steps.Any(p => p.RewardChosen is not null);
        var kept = summary.BestStep is { } best ? (double?)best : null;
        return Markup.Of(
            $"""
            {(named ? Markup.Of($"<h3>{summary.Stage}</h3>") : Markup.Empty)}<p class="lead">{Told(training)}</p>
            <div class="charts">{LineChart.Draw(
                "Loss",
                [loss, smooth, validation],
                kept,
                "kept weights"
            )}{(
                preference
                    ? Preferences(steps, accuracy, kept)
                    : LineChart.Draw("Validation accuracy", [accuracy], kept, "kept weights")
            )}{LineChart.Draw("Learning rate", [rate])}{LineChart.Draw("Gradient norm", [norm])}</div>
            {Samples(validations)}

            """
        );
    }

    // The same rows at every validation, so that one reads how an answer came about.
    private static Markup Samples(IReadOnlyList<ValidationPoint> validations)
    {
        var sampled = validations.Where(v => v.Samples is not null).ToList();
        return sampled.Count == 0
            ? Markup.Empty
            : Markup.Of(
                $"""<details><summary>What it answered while it trained</summary><ul class="cards columns">{sampled[0].Samples!.Select((first, i) => Sample(first, sampled, i))}</ul></details>"""
            );
    }

    private static Markup Sample(LoggedAnswer first, List<ValidationPoint> sampled, int place) =>
        Markup.Of(
            $"""<li><p class="dim place">row {first.Row} · {first.Template}</p>{PromptBox.Write(LongText.Cut(first.Prompt, 900))}<dl class="answers"><dt>right</dt><dd dir="auto">{LongText.Cut(first.Reference, 300)}</dd>{sampled.Select(v => Said(v.Step, v.Samples![place]))}</dl></li>"""
        );

    private static Markup Said(double step, LoggedAnswer answer) =>
        Markup.Of(
            $"""<dt>step {Figures.Count((long)step)}</dt><dd dir="auto">{SampleSection.Mark(answer.Correct)} {(answer.Prediction is { } text ? LongText.Cut(text, 300) : "did not fit")}</dd>"""
        );

    private static Markup Preferences(IReadOnlyList<StepPoint> steps, Series accuracy, double? kept)
    {
        return Markup.Of(
            $"""{LineChart.Draw("Pairs whose chosen completion has the higher reward", [Line("training", "zero", p => p.RewardAccuracy), accuracy with { Name = "validation" }], kept, "kept weights")}{LineChart.Draw("Rewards", [Line("chosen", "tuned", p => p.RewardChosen), Line("rejected", "few", p => p.RewardRejected)])}"""
        );

        Series Line(string name, string tone, Func<StepPoint, double?> value) =>
            new(name, tone, [.. steps.Where(p => value(p) is not null).Select(p => (p.Step, value(p)!.Value))]);
    }

    private static string Told(TrainingFact training)
    {
        var summary = training.Summary;
        var kept = summary is { BestStep: { } step, BestMetric: { } metric, BestValue: { } value }
            ? $" The weights of step {Figures.Count(step)} were kept: {metric.Replace('_', ' ')} {Figures.Number(value)}."
            : " The last weights were kept.";
        var early = summary.EarlyStopped ? " It stopped early, without gain for too many validations." : "";
        var time = summary.OutOfTime ? " Its minutes were up before its last step." : "";
        return $"{Figures.Plural(summary.Steps, "optimizer step")} over {Figures.Count(summary.Tokens)} tokens, {Figures.Count(summary.LabelTokens)} of them with loss.{kept}{early}{time}";
    }

    // The mean of neighbours on both sides, narrower near the ends: it follows a falling loss without lagging behind.
    private static List<(double, double)> Smoothed(IReadOnlyList<StepPoint> steps)
    {
        if (steps.Count < 12)
        {
            return [];
        }

        var reach = Math.Max(2, steps.Count / 30);
        return
        [
            .. steps.Select(
                (point, i) =>
                {
                    var near = Math.Min(reach, Math.Min(i, steps.Count - 1 - i));
                    return (point.Step, steps.Skip(i - near).Take(2 * near + 1).Average(p => p.Loss));
                }
            ),
        ];
    }
}
