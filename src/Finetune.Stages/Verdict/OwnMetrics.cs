using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Verdict;

/// <summary>The metrics of the document's own, on the rows that were asked.</summary>
internal sealed class OwnMetrics
{
    private readonly List<(string Name, OwnMetric Metric)> _metrics;
    private readonly Dictionary<long, JsonObject> _rows;

    /// <summary>Reads expressions and rows.</summary>
    /// <param name="expressions">Name to expression; null for none.</param>
    /// <param name="rows">The rows' file; null where there are no expressions.</param>
    public OwnMetrics(IReadOnlyDictionary<string, string>? expressions, string? rows)
    {
        _metrics =
        [
            .. (expressions ?? new Dictionary<string, string>()).Select(e => (e.Key, OwnMetric.Parse(e.Value))),
        ];
        _rows = rows is null ? [] : RowFile.Read(rows).ToDictionary(row => row.Number, row => row.Values);
    }

    /// <summary>Without any.</summary>
    public static OwnMetrics None { get; } = new(null, null);

    /// <summary>Name to figure; null where there are no metrics of the document's own.</summary>
    /// <exception cref="PipelineException">FT8203: an expression fails on a row.</exception>
    public IReadOnlyDictionary<string, double>? Of(Answer answer)
    {
        if (_metrics.Count == 0)
        {
            return null;
        }

        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, metric) in _metrics)
        {
            try
            {
                figures[name] =
                    answer.Prediction is { } prediction && _rows.TryGetValue(answer.Row, out var row)
                        ? metric.Of(row, prediction, answer.Reference, answer.Template)
                        : 0;
            }
            catch (Exception e) when (e is TemplateException or FormatException)
            {
                throw new PipelineException(
                    new Diagnostic(
                        "FT8203",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"the metric '{name}' fails on row {answer.Row}: {e.Message}"
                        ),
                        Cure: "mend the expression; nothing but the verdict runs again"
                    )
                    {
                        Row = answer.Row,
                    },
                    ExitCode.StepFailed
                );
            }
        }

        return figures;
    }
}
