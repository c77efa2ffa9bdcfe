using System.Globalization;

namespace Finetune.Cli.Tracking;

/// <summary>A table a run: <c>step,number,metric,value</c>, one figure a line.</summary>
/// <param name="folder">Where tables are written.</param>
internal sealed class CsvTracker(string folder) : ITracker
{
    private StreamWriter? _writer;

    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public void Begin(TrackedRun run)
    {
        Directory.CreateDirectory(folder);
        _writer = new StreamWriter(Path.Combine(folder, run.Id + ".csv")) { NewLine = "\n" };
        _writer.WriteLine("step,number,metric,value");
    }

    /// <inheritdoc/>
    public void StepBegins(string step, DateTimeOffset at) { }

    /// <inheritdoc/>
    public void Point(TrackedPoint point)
    {
        foreach (var (name, value) in point.Values)
        {
            Line(point.Step, point.Number, name, value);
        }

        _writer!.Flush();
    }

    /// <inheritdoc/>
    public void StepEnds(TrackedStep step, DateTimeOffset at) { }

    /// <inheritdoc/>
    public void End(TrackedEnd end)
    {
        foreach (var (name, value) in end.Metrics)
        {
            Line("verdict", 0, name, value);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    // Names of steps and metrics have neither commas nor quotes.
    private void Line(string step, long number, string metric, double value) =>
        _writer!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},{number},{metric},{value:R}"));
}
