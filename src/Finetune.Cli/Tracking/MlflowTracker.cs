using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Finetune.Cli.Tracking;

/// <summary>A run of an MLflow server, by its REST API 2.0.</summary>
internal sealed class MlflowTracker : ITracker
{
    // What the server takes in one call (mlflow/utils/validation.py).
    private const int MostMetrics = 1000;
    private const int MostParams = 100;
    private const int LongestParam = 6000;
    private const int LongestKey = 250;

    // So many figures, or so much time, is worth a call.
    private const int Batch = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly string? _experiment;
    private readonly List<JsonObject> _waiting = [];
    private DateTimeOffset _sent;
    private string _run = "";

    /// <summary>Speaks to a server.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="experiment">The experiment; null: called as the pipeline.</param>
    /// <param name="variable">The environment, for MLflow's own names of user, password and token.</param>
    public MlflowTracker(Uri server, string? experiment, Func<string, string?> variable)
    {
        _experiment = experiment;
        _http = new HttpClient
        {
            BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/api/2.0/mlflow/"),
            Timeout = TimeSpan.FromSeconds(10),
        };
        if (variable("MLFLOW_TRACKING_TOKEN") is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        else if (variable("MLFLOW_TRACKING_USERNAME") is { } user)
        {
            var pair = $"{user}:{variable("MLFLOW_TRACKING_PASSWORD")}";
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))
            );
        }
    }

    /// <inheritdoc/>
    public string Name => "mlflow";

    /// <inheritdoc/>
    public void Begin(TrackedRun run)
    {
        _sent = run.Started;
        var created = Post(
            "runs/create",
            new JsonObject
            {
                ["experiment_id"] = Experiment(_experiment ?? run.Name),
                ["run_name"] = $"{run.Name} {run.Id}",
                ["start_time"] = run.Started.ToUnixTimeMilliseconds(),
                ["tags"] = new JsonArray(Pair("mlflow.source.name", "dotnet finetune"), Pair("finetune.run", run.Id)),
            }
        );
        _run = (string)created["run"]!["info"]!["run_id"]!;
        foreach (var some in run.Settings.Chunk(MostParams))
        {
            Log("params", [.. some.Select(s => Pair(Cut(s.Key, LongestKey), Cut(s.Value, LongestParam)))]);
        }
    }

    /// <inheritdoc/>
    public void StepBegins(string step, DateTimeOffset at) { }

    /// <inheritdoc/>
    public void Point(TrackedPoint point)
    {
        foreach (var (name, value) in point.Values)
        {
            _waiting.Add(Metric($"{point.Step}/{name}", value, point.Number, point.At));
        }

        if (_waiting.Count >= Batch || point.At - _sent > Pause)
        {
            Flush(point.At);
        }
    }

    /// <inheritdoc/>
    public void StepEnds(TrackedStep step, DateTimeOffset at) =>
        _waiting.Add(Metric($"seconds/{step.Name}", step.Seconds, 0, at));

    /// <inheritdoc/>
    public void End(TrackedEnd end)
    {
        _waiting.AddRange(end.Metrics.Select(m => Metric(m.Key, m.Value, 0, end.At)));
        Flush(end.At);
        Post(
            "runs/update",
            new JsonObject
            {
                ["run_id"] = _run,
                ["status"] =
                    end.Cancelled ? "KILLED"
                    : end.Ok ? "FINISHED"
                    : "FAILED",
                ["end_time"] = end.At.ToUnixTimeMilliseconds(),
            }
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private string Experiment(string name)
    {
        using var found = _http.Send(
            new HttpRequestMessage(
                HttpMethod.Get,
                $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}"
            )
        );
        return found.StatusCode == HttpStatusCode.NotFound
            ? (string)Post("experiments/create", new JsonObject { ["name"] = name })["experiment_id"]!
            : (string)Answer(found)["experiment"]!["experiment_id"]!;
    }

    private void Flush(DateTimeOffset at)
    {
        foreach (var some in _waiting.Chunk(MostMetrics))
        {
            Log("metrics", some);
        }

        _waiting.Clear();
        _sent = at;
    }

    private void Log(string kind, JsonObject[] entries) =>
        Post("runs/log-batch", new JsonObject { ["run_id"] = _run, [kind] = new JsonArray([.. entries]) });

    private JsonNode Post(string path, JsonObject body)
    {
        using var answer = _http.Send(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }
        );
        return Answer(answer);
    }

    private static JsonNode Answer(HttpResponseMessage answer)
    {
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        var text = reader.ReadToEnd();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text.Length == 0 ? "{}" : text)!
            : throw new HttpRequestException(
                $"the server answered {(int)answer.StatusCode}{(text.Length == 0 ? "" : $": {Cut(text, 300)}")}"
            );
    }

    private static JsonObject Metric(string key, double value, long step, DateTimeOffset at) =>
        new()
        {
            ["key"] = Cut(key, LongestKey),
            ["value"] = value,
            ["timestamp"] = at.ToUnixTimeMilliseconds(),
            ["step"] = step,
        };

    private static JsonObject Pair(string key, string value) => new() { ["key"] = key, ["value"] = value };

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest];
}
