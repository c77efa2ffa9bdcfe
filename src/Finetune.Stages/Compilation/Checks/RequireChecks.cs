using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Gates;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Quality gates: syntax, and whether what they read is measured.</summary>
internal static class RequireChecks
{
    private const string OptionName = "--require";

    /// <summary>The requirements of the document, then those of the command line.</summary>
    public static IReadOnlyList<Requirement> Check(
        CheckContext context,
        IReadOnlyList<ContenderItem> contenders,
        IReadOnlyList<string> options
    )
    {
        var evaluation = context.Settings.Evaluation ?? new EvaluationSection();
        var plain = PlainFigures.Possible(AmongChoices(context));
        IReadOnlyList<string> metrics =
        [
            .. evaluation.Measured,
            .. plain,
            .. evaluation.General is null ? [] : new[] { GateFigures.General },
        ];
        List<string> names =
        [
            .. contenders.Select(c => c.Name),
            .. context.Settings.Seeds is null ? [] : new[] { GateFigures.Seeds },
        ];
        var requirements = new List<Requirement>();

        // Where the list of contenders or metrics is faulty, a name may be meant that is not on it.
        var contendersKnown =
            !context.Findings.HasErrorAt("evaluation.compare")
            && (
                contenders.Count > 0
                || (!context.Findings.HasErrorAt("evaluation") && !context.Findings.HasErrorAt("require"))
            );
        var metricsKnown = !context.Findings.HasErrorAt("evaluation.metrics");
        for (var i = 0; context.Places.Node($"require[{i}]") is { } node; i++)
        {
            if (node is ScalarNode { Value: string { Length: > 0 } text } scalar)
            {
                var path = $"require[{i}]";
                Add(
                    text,
                    path,
                    (offset, length) => TemplatePlaces.Of(context.Document.Text, scalar, 1, offset + 1, length)
                );
            }
        }

        for (var i = 0; i < options.Count; i++)
        {
            var line = i + 1;
            Add(options[i], OptionName, (offset, length) => new SourceSpan(OptionName, line, offset + 1, length));
        }

        return requirements;

        void Add(string text, string path, Func<int, int, SourceSpan> place)
        {
            try
            {
                var requirement = Requirement.Parse(text);
                foreach (var reference in requirement.References)
                {
                    CheckReference(
                        context,
                        reference,
                        path,
                        place,
                        contendersKnown ? names : null,
                        metricsKnown ? metrics : null
                    );
                }

                requirement.Place = place(0, text.Length);
                requirements.Add(requirement);
            }
            catch (RequirementException e)
            {
                context.Findings.Add(
                    Codes.RequirementSyntax,
                    place(e.Offset, e.Length),
                    path,
                    e.Message,
                    "such as: tuned.accuracy >= zero_shot.accuracy + 0.05"
                );
            }
        }
    }

    // Whether all answers are picked among choices, none is, or both kinds are asked.
    private static bool? AmongChoices(CheckContext context)
    {
        var asked = TemplateUse.Asked(context.Settings);
        return asked.All(t => t.Choices is not null) ? true
            : asked.All(t => t.Choices is null) ? false
            : null;
    }

    private static void CheckReference(
        CheckContext context,
        MetricReference reference,
        string path,
        Func<int, int, SourceSpan> place,
        List<string>? contenders,
        IReadOnlyList<string>? metrics
    )
    {
        if (contenders is not null && !contenders.Contains(reference.Contender, StringComparer.Ordinal))
        {
            context.Findings.Add(
                Codes.UnknownMetric,
                place(reference.Offset, reference.Contender.Length),
                path,
                $"'{reference.Contender}' is not compared",
                Words.Suggest(reference.Contender, contenders, "the contenders")
            );
        }

        if (
            reference.Metric == GateFigures.General
            && reference.Contender is not (ContenderItem.ZeroShot or ContenderItem.Tuned)
            && contenders?.Contains(reference.Contender, StringComparer.Ordinal) == true
        )
        {
            context.Findings.Add(
                Codes.UnknownMetric,
                place(reference.MetricOffset, reference.Metric.Length),
                path,
                $"'{reference.Contender}' is not asked the general questions",
                "zero_shot.general and tuned.general are known"
            );
        }

        if (
            reference.ReadsInterval
            && metrics?.Contains(reference.Metric, StringComparer.Ordinal) == true
            && PlainFigures.Names.Contains(reference.Metric, StringComparer.Ordinal)
        )
        {
            context.Findings.Add(
                Codes.UnknownMetric,
                place(reference.MetricOffset, reference.Metric.Length),
                path,
                $"'{reference.Metric}' has no interval",
                "leave .low and .high out"
            );
        }

        if (
            reference.Contender == GateFigures.Seeds
            && PlainFigures.Names.Contains(reference.Metric, StringComparer.Ordinal)
        )
        {
            context.Findings.Add(
                Codes.UnknownMetric,
                place(reference.MetricOffset, reference.Metric.Length),
                path,
                $"'{reference.Metric}' is not taken over seeds",
                $"tuned.{reference.Metric} is that of the first seed"
            );
        }

        if (metrics is not null && !metrics.Contains(reference.Metric, StringComparer.Ordinal))
        {
            var (found, cure) =
                EvaluationBinder.Metrics.Contains(reference.Metric, StringComparer.Ordinal)
                    ? ($"'{reference.Metric}' is not measured", "add it to evaluation.metrics")
                : PlainFigures.Names.Contains(reference.Metric, StringComparer.Ordinal)
                    ? (
                        $"'{reference.Metric}' is not known of the answers that are asked for",
                        "stop_rate and unreadable are of free text; macro_f1, ece and brier where every template has choices"
                    )
                : (
                    $"there is no metric '{reference.Metric}'",
                    Words.Suggest(reference.Metric, [.. metrics], "the metrics")
                );
            context.Findings.Add(
                Codes.UnknownMetric,
                place(reference.MetricOffset, reference.Metric.Length),
                path,
                found,
                cure
            );
        }
    }
}
