using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Sets runs beside the first of them: settings, data, and metrics on the rows that both answered.</summary>
public static class RunComparer
{
    private static readonly string[] Splits = ["train", "validation", "test"];

    /// <summary>Compares.</summary>
    /// <param name="runs">Two or more.</param>
    public static ComparisonRecord Compare(IReadOnlyList<ComparedRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfLessThan(runs.Count, 2);
        var confidence = runs[0].Verdict.Confidence;
        var splits = Splits.ToDictionary(split => split, split => Names(split, runs), StringComparer.Ordinal);
        return new ComparisonRecord(
            [.. runs.Select(run => run.Id)],
            [.. runs.Select(run => run.Name)],
            [.. runs.Select(run => run.Seconds)],
            confidence,
            runs.Any(run => run.Settings is null) ? null : Settings([.. runs.Select(run => run.Settings!)]),
            [.. Splits.Select(split => Split(split, splits[split]))],
            [.. Metrics(runs, splits["test"], confidence)]
        );
    }

    private static List<DifferingSetting> Settings(IReadOnlyList<JsonObject> documents)
    {
        var leaves = documents.Select(document => Leaves("", document).ToDictionary(StringComparer.Ordinal)).ToList();
        return
        [
            .. leaves
                .SelectMany(found => found.Keys)
                .Distinct(StringComparer.Ordinal)
                .Select(path => new DifferingSetting(path, [.. leaves.Select(found => found.GetValueOrDefault(path))]))
                .Where(setting => setting.Values.Distinct(StringComparer.Ordinal).Count() > 1),
        ];
    }

    private static IEnumerable<KeyValuePair<string, string>> Leaves(string path, JsonNode? node) =>
        node switch
        {
            JsonObject { Count: > 0 } mapping => mapping.SelectMany(entry =>
                Leaves(path.Length == 0 ? entry.Key : $"{path}.{entry.Key}", entry.Value)
            ),
            JsonArray { Count: > 0 } list => list.SelectMany((item, i) => Leaves($"{path}[{i}]", item)),
            _ => [new(path, node is null ? "null" : CanonicalJson.Write(node))],
        };

    private static List<RowNames?> Names(string split, IReadOnlyList<ComparedRun> runs) =>
        [.. runs.Select(run => run.Splits.TryGetValue(split, out var path) ? RowNames.Of(path) : null)];

    private static ComparedSplit Split(string split, List<RowNames?> rows) =>
        new(
            split,
            [.. rows.Select(names => names?.Count)],
            [.. rows.Select(names => rows[0] is { } first ? names?.Shared(first) : null)]
        );

    private static IEnumerable<ComparedMetric> Metrics(
        IReadOnlyList<ComparedRun> runs,
        List<RowNames?> names,
        double confidence
    )
    {
        var contenders = runs.SelectMany(run => run.Verdict.Contenders.Keys).Distinct(StringComparer.Ordinal);
        foreach (var contender in contenders)
        {
            var answers = runs.Select(run =>
                    run.Predictions.TryGetValue(contender, out var path)
                        ? Answered.ReadAll(
                            path,
                            AnswerReader.Of(run.Verdict.Answers),
                            OwnMetrics.None,
                            CancellationToken.None
                        )
                        : null
                )
                .ToList();
            var digests = runs.Select(run =>
                    run.Predictions.TryGetValue(contender, out var path) ? ContentHash.OfFile(path).Hex : null
                )
                .ToList();
            var shared = Enumerable
                .Range(0, runs.Count)
                .Select(i => Shared(i > 0 ? (answers[0], names[0]) : default, (answers[i], names[i])))
                .ToList();
            bool[] same = [.. digests.Select((digest, i) => shared[i].First.Count > 0 && digest == digests[0])];
            foreach (
                var metric in runs.SelectMany(run => run.Verdict.Metrics)
                    .Distinct(StringComparer.Ordinal)
                    // Those of a document's own hang on its rows, which need not be here.
                    .Where(name => RatioMetric.All.Any(m => m.Name == name))
                    .Select(RatioMetric.Of)
            )
            {
                yield return new ComparedMetric(
                    contender,
                    metric.Name,
                    [
                        .. runs.Select(run =>
                            run.Verdict.Contenders.GetValueOrDefault(contender)?.Metrics.GetValueOrDefault(metric.Name)
                        ),
                    ],
                    [
                        .. shared.Select(
                            (both, i) =>
                                both.First.Count == 0
                                    ? null
                                    : PairJudge.Judge(
                                        metric,
                                        (runs[0].Id, both.First),
                                        (runs[i].Id, both.Second),
                                        new RowTotals(both.First),
                                        confidence
                                    )
                        ),
                    ],
                    [.. shared.Select(both => both.First.Select(a => a.Row).Distinct().Count())],
                    same
                );
            }
        }
    }

    // Rows are the same by what is in them, wherever they stand in their source.
    private static (List<Answered> First, List<Answered> Second) Shared(
        (List<Answered>? Answers, RowNames? Names) first,
        (List<Answered>? Answers, RowNames? Names) second
    )
    {
        var both = (First: new List<Answered>(), Second: new List<Answered>());
        if (first is not ({ } ours, { } names) || second is not ({ } theirs, { } otherNames))
        {
            return both;
        }

        var known = new Dictionary<(string, string), Answered>();
        foreach (var answer in theirs)
        {
            known[(otherNames.Of(answer.Row), answer.Template)] = answer;
        }

        foreach (var answer in ours)
        {
            if (
                known.TryGetValue((names.Of(answer.Row), answer.Template), out var other)
                && other.Reference == answer.Reference
            )
            {
                both.First.Add(answer);
                both.Second.Add(other with { Row = answer.Row });
            }
        }

        return both;
    }
}
