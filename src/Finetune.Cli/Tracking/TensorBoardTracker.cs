using System.Globalization;

namespace Finetune.Cli.Tracking;

/// <summary>Event files that TensorBoard reads: a folder a run, in it one a training stage and one of the verdict.</summary>
/// <param name="folder">What <c>tensorboard --logdir</c> is given.</param>
internal sealed class TensorBoardTracker(string folder) : ITracker
{
    private readonly Dictionary<string, EventFile> _files = new(StringComparer.Ordinal);
    private TrackedRun? _run;

    /// <inheritdoc/>
    public string Name => "tensorboard";

    /// <inheritdoc/>
    public void Begin(TrackedRun run) => _run = run;

    /// <inheritdoc/>
    public void StepBegins(string step, DateTimeOffset at) { }

    /// <inheritdoc/>
    public void Point(TrackedPoint point) => File(point.Step, point.At).Write(point.At, point.Number, point.Values);

    /// <inheritdoc/>
    public void StepEnds(TrackedStep step, DateTimeOffset at) { }

    /// <inheritdoc/>
    public void End(TrackedEnd end)
    {
        if (end.Metrics.Count > 0)
        {
            File("verdict", end.At)
                .Write(
                    end.At,
                    0,
                    end.Metrics.ToDictionary(m => m.Key.Replace('.', '/'), m => m.Value, StringComparer.Ordinal)
                );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files.Values)
        {
            file.Dispose();
        }
    }

    private EventFile File(string series, DateTimeOffset at)
    {
        if (!_files.TryGetValue(series, out var file))
        {
            var place = Path.Combine(folder, _run!.Id, series);
            Directory.CreateDirectory(place);
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"events.out.tfevents.{at.ToUnixTimeSeconds()}.{Environment.MachineName}.{Environment.ProcessId}"
            );
            _files[series] = file = new EventFile(Path.Combine(place, name), at);
        }

        return file;
    }
}
