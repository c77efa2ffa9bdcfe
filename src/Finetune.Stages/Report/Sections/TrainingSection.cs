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
        var kept = summary.BestStep is { } best ? (double?)best : null;
        return Markup.Of(
            $"""
            {(named ? Markup.Of($"<h3>{summary.Stage}</h3>") : Markup.Empty)}<p class="lead">{Told(training)}</p>
            <div class="charts">{LineChart.Draw(
                "Loss",
                [loss, smooth, validation],
                kept,
                "kept weights"
            )}{LineChart.Draw("Validation accuracy", [accuracy], kept, "kept weights")}{LineChart.Draw(
                "Learning rate",
                [rate]
            )}{LineChart.Draw("Gradient norm", [norm])}</div>

            """
        );
    }

    private static string Told(TrainingFact training)
    {
        var summary = training.Summary;
        var kept = summary is { BestStep: { } step, BestMetric: { } metric, BestValue: { } value }
            ? $" The weights of step {Figures.Count(step)} were kept: {metric.Replace('_', ' ')} {Figures.Number(value)}."
            : " The last weights were kept.";
        var early = summary.EarlyStopped ? " It stopped early, without gain for too many validations." : "";
        return $"{Figures.Plural(summary.Steps, "optimizer step")} over {Figures.Count(summary.Tokens)} tokens, {Figures.Count(summary.LabelTokens)} of them with loss.{kept}{early}";
    }

    // An average that forgets: half of it is the last tenth of the training, but never less than three points.
    private static List<(double, double)> Smoothed(IReadOnlyList<StepPoint> steps)
    {
        if (steps.Count < 12)
        {
            return [];
        }

        var weight = 1 - Math.Pow(0.5, 1 / Math.Max(3, steps.Count / 25.0));
        var (mean, sum) = (0.0, 0.0);
        var smooth = new List<(double, double)>(steps.Count);
        foreach (var point in steps)
        {
            // Divided by the weights so far, so that the start is no lower than it was.
            mean += weight * (point.Loss - mean);
            sum += weight * (1 - sum);
            smooth.Add((point.Step, mean / sum));
        }

        return smooth;
    }
}
