using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Cli.Batch;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Metrics;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Metrics.Predictions;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Metrics by themselves, without a model: case by case, or of a file of predictions as a whole.</summary>
[Command(
    "metrics",
    Description = "JSONL: cases of --metric M to their numbers; or {\"prediction\",\"reference\"|\"references\"} to one object of --metrics."
)]
internal sealed class MetricsCommand : BatchCommand<JsonObject?>
{
    private MetricCase? _case;
    private List<(PredictionMetric Metric, IPredictionScore Score)>? _scores;
    private long _rows;

    [Option("--metric <M>", "One metric; each row is a case of it", CommandOptionType.SingleValue)]
    public string? Metric { get; set; }

    [Option("--metrics <LIST>", "Metrics of all predictions, a comma between them", CommandOptionType.SingleValue)]
    public string? Metrics { get; set; }

    [Option("--predictions <FILE>", "What --metrics reads; standard input by default", CommandOptionType.SingleValue)]
    public string? Predictions { get; set; }

    public override async Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var code = await base.RunAsync(surroundings, cancellationToken);
        if (_scores is not null)
        {
            using var output = new JsonOutput(surroundings.Out);
            output.Write(json =>
            {
                json.WriteNumber("rows", _rows);
                foreach (var (metric, score) in _scores)
                {
                    Write(json, metric.Name, score.Result());
                }
            });
        }

        return code;
    }

    protected override void Open(Surroundings surroundings)
    {
        if (Metric is null == Metrics is null)
        {
            throw new UsageException(
                Metric is null ? "no metric is named" : "--metric and --metrics exclude each other",
                $"--metric M ({Listed(CaseNames)}), or --metrics LIST ({Listed(PredictionNames)})"
            );
        }

        if (Predictions is not null && (Metrics is null || Input is not null))
        {
            throw new UsageException("--predictions goes with --metrics, and --input with either in its place");
        }

        Input ??= Predictions;
        if (Metric is not null)
        {
            _case = MetricCases.All[Find(Metric, CaseNames)];
            return;
        }

        var names = Metrics!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            throw new UsageException("--metrics is empty", Listed(PredictionNames));
        }

        _scores =
        [
            .. names
                .Distinct(StringComparer.Ordinal)
                .Select(name => PredictionMetrics.All[Find(name, PredictionNames)])
                .Select(metric => (metric, metric.Start())),
        ];
    }

    protected override JsonObject? Read(InputRow row)
    {
        try
        {
            return Answer(new CaseInput(row.Json));
        }
        catch (MetricException e)
        {
            throw new RowException("FT8010", e.Message);
        }
    }

    protected override void Answer(IReadOnlyList<JsonObject?> rows, JsonOutput output)
    {
        foreach (var row in rows.OfType<JsonObject>())
        {
            output.Write(json =>
            {
                foreach (var (name, value) in row)
                {
                    Write(json, name, value);
                }
            });
        }
    }

    private static List<string> CaseNames => [.. MetricCases.All.Select(one => one.Name)];

    private static List<string> PredictionNames => [.. PredictionMetrics.All.Select(one => one.Name)];

    private JsonObject? Answer(CaseInput input)
    {
        if (_case is not null)
        {
            return _case.Answer(input);
        }

        var prediction = input["prediction"].Text();
        var key = input.Has("references") ? "references" : "reference";
        var references = TranslationRows.References(input[key]);
        if (references.Count > 1 && _scores!.Find(one => one.Metric.TakesOneReference).Metric is { } single)
        {
            throw new MetricException($"{single.Name} takes one reference; there are {references.Count}");
        }

        foreach (var (_, score) in _scores!)
        {
            score.Add(prediction, references);
        }

        _rows++;
        return null;
    }

    private static int Find(string name, List<string> names)
    {
        var place = names.IndexOf(name);
        if (place >= 0)
        {
            return place;
        }

        var near = NearestMatch.Of(name, names) is { } found ? $"did you mean '{found}'? " : "";
        throw new UsageException($"there is no metric '{name}'", $"{near}there are {Listed(names)}");
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    private static void Write(Utf8JsonWriter json, string name, JsonNode? value)
    {
        json.WritePropertyName(name);
        if (value is null)
        {
            json.WriteNullValue();
        }
        else
        {
            value.WriteTo(json);
        }
    }
}
