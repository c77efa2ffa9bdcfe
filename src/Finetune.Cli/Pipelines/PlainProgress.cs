using System.Globalization;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;

namespace Finetune.Cli.Pipelines;

/// <summary>Progress as plain lines: where there is no terminal, and where nobody wants a display.</summary>
/// <param name="writer">Standard error.</param>
/// <param name="verbosity">How much is said.</param>
/// <param name="clock">A running step says something every few seconds.</param>
internal sealed class PlainProgress(TextWriter writer, Verbosity verbosity, TimeProvider clock) : IProgress<RunEvent>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        lock (_lock)
        {
            switch (value)
            {
                case StepStarted started when verbosity >= Verbosity.Normal:
                    writer.WriteLine($"{started.Step}: {started.Reason}");
                    break;
                case StepWaiting waiting when verbosity >= Verbosity.Normal:
                    writer.WriteLine($"{waiting.Step}: another process makes it, waiting");
                    break;
                case StepProgressed progressed when verbosity >= Verbosity.Normal && IsTime(progressed.Step):
                    writer.WriteLine($"{progressed.Step}: {ProgressText.Of(progressed.Progress)}");
                    break;
                case StepWarned warned when verbosity >= Verbosity.Minimal:
                    writer.Write(Sources.Print(warned.Diagnostic));
                    break;
                case StepFinished finished:
                    Finish(finished.Result);
                    break;
            }
        }
    }

    private void Finish(StepResult result)
    {
        if (result.Status == StepStatus.Failed)
        {
            foreach (var error in result.Diagnostics.Where(d => d.Severity == Severity.Error))
            {
                writer.Write(Sources.Print(error));
            }
        }

        if (verbosity >= Verbosity.Normal)
        {
            var word = RunEventJson.Word(result.Status);
            var seconds = result.Seconds.ToString("0.0", CultureInfo.InvariantCulture);
            writer.WriteLine(
                result.Status switch
                {
                    StepStatus.Executed => $"{result.Name}: done in {seconds} s",
                    StepStatus.Skipped => $"{result.Name}: skipped, {result.Reason}",
                    _ => $"{result.Name}: {word}",
                }
            );
        }
    }

    private bool IsTime(string step)
    {
        var now = clock.GetTimestamp();
        if (_said.TryGetValue(step, out var last) && clock.GetElapsedTime(last, now) < Pause)
        {
            return false;
        }

        _said[step] = now;
        return true;
    }
}
