using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Metrics of the document's own: syntax, and the columns they read.</summary>
internal static class OwnMetricChecks
{
    /// <summary>Checks them.</summary>
    public static void Check(CheckContext context, EvaluationSection evaluation, Columns ofSplits, Columns ofGeneral)
    {
        // General questions are measured by the same metrics.
        var columns = new Columns([.. ofSplits.Tables, .. ofGeneral.Tables]);
        foreach (var (i, metric) in (evaluation.Metrics ?? []).Index())
        {
            var path = $"evaluation.metrics[{i}].expression";
            if (
                metric.Expression is { Length: > 0 } expression
                && context.Places.Node(path) is ScalarNode { Value: string } scalar
            )
            {
                Check(context, path, scalar, expression, columns);
            }
        }
    }

    private static void Check(CheckContext context, string path, ScalarNode scalar, string expression, Columns columns)
    {
        try
        {
            foreach (var use in OwnMetric.Parse(expression).Uses)
            {
                if (
                    !OwnMetric.Given.Contains(use.Name, StringComparer.Ordinal)
                    && columns.Lacking(use.Name) is { } table
                )
                {
                    context.Findings.Add(
                        Codes.TemplateColumn,
                        Place(use.Line, use.Column, use.Length),
                        path,
                        $"the expression uses '{use.Name}', which is no column of the source '{table.Name}'",
                        Words.Suggest(use.Name, [.. OwnMetric.Given, .. table.Columns!], "it can use")
                    );
                }
            }
        }
        catch (TemplateException e)
        {
            foreach (var error in e.Errors)
            {
                context.Findings.Add(
                    Codes.TemplateSyntax,
                    Place(error.Line, error.Column, error.Length),
                    path,
                    error.Message,
                    error.Cure
                );
            }
        }

        // Places are those of the text between the braces.
        SourceSpan Place(int line, int column, int length) =>
            TemplatePlaces.Of(
                context.Document.Text,
                scalar,
                line,
                line == 1 ? Math.Max(1, column - OwnMetric.Opening.Length) : column,
                length
            );
    }
}
