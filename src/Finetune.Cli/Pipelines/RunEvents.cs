using System.Text.Encodings.Web;
using System.Text.Json;
using Finetune.Cli.Tracking;
using Finetune.Graph.Execution;

namespace Finetune.Cli.Pipelines;

/// <summary>Sends what happens to the display, to the run's folder and, under <c>--json</c>, to standard output.</summary>
/// <param name="shown">The display.</param>
/// <param name="folder">The run's folder.</param>
/// <param name="output">Standard output, or null.</param>
/// <param name="tracking">What follows the run, or null.</param>
internal sealed class RunEvents(
    IProgress<RunEvent> shown,
    RunFolder folder,
    TextWriter? output,
    RunTracking? tracking = null
) : IProgress<RunEvent>
{
    private readonly Lock _lock = new();

    /// <summary>How events are written.</summary>
    public static JsonSerializerOptions JsonOptions { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        shown.Report(value);
        tracking?.Note(value);
        var entry = RunEventJson.Of(value);
        lock (_lock)
        {
            if (value is not StepProgressed)
            {
                folder.Append(entry);
            }

            output?.WriteLine(entry.ToJsonString(JsonOptions));
            output?.Flush();
        }
    }
}
