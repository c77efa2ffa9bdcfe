using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Graph.Diagnostics;

namespace Finetune.Cli.Tracking;

/// <summary>Trackers by the words of <c>--track</c>.</summary>
internal static class Trackers
{
    /// <summary>The variable that names trackers for every run, with commas between.</summary>
    public const string Variable = "FINETUNE_TRACK";

    private static readonly string[] Kinds = ["tensorboard", "csv", "mlflow", "otel"];

    /// <summary>Those that the command line and the environment ask for.</summary>
    /// <param name="asked"><c>KIND</c> or <c>KIND=PLACE</c>.</param>
    /// <param name="store">The store, under which files are written where no place is named.</param>
    /// <param name="surroundings">The environment.</param>
    /// <exception cref="UsageException">A kind or a place is not known.</exception>
    public static IReadOnlyList<ITracker> Of(IReadOnlyList<string> asked, string store, Surroundings surroundings)
    {
        var always = surroundings
            .Variable(Variable)
            ?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return
        [
            .. asked.Concat(always ?? []).Distinct(StringComparer.Ordinal).Select(a => One(a, store, surroundings)),
        ];
    }

    private static ITracker One(string asked, string store, Surroundings surroundings)
    {
        var parts = asked.Split('=', 2);
        var (kind, place) = (parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : null);
        return kind switch
        {
            "tensorboard" => new TensorBoardTracker(Path.GetFullPath(place ?? Path.Combine(store, "tensorboard"))),
            "csv" => new CsvTracker(Path.GetFullPath(place ?? Path.Combine(store, "csv"))),
            "mlflow" => new MlflowTracker(
                Server(place ?? surroundings.Variable("MLFLOW_TRACKING_URI")),
                surroundings.Variable("MLFLOW_EXPERIMENT_NAME"),
                surroundings.Variable
            ),
            "otel" when place is null => new OpenTelemetryTracker(
                surroundings.Variable("OTEL_EXPORTER_OTLP_PROTOCOL") is not null
            ),
            "otel" => throw new UsageException(
                "--track otel takes no place: OTEL_EXPORTER_OTLP_ENDPOINT says where traces go"
            ),
            _ => throw new UsageException(
                $"--track: there is no tracker '{kind}'; "
                    + (
                        NearestMatch.Of(kind, Kinds) is { } nearest
                            ? $"did you mean '{nearest}'?"
                            : $"these are: {string.Join(", ", Kinds)}"
                    )
            ),
        };
    }

    private static Uri Server(string? place) =>
        place is null
            ? throw new UsageException(
                "--track mlflow: name the server, mlflow=http://HOST:PORT, or set MLFLOW_TRACKING_URI"
            )
        : Uri.TryCreate(place, UriKind.Absolute, out var server) && server.Scheme is "http" or "https" ? server
        : throw new UsageException($"--track mlflow: '{place}' is no address of a server (http://HOST:PORT)");
}
