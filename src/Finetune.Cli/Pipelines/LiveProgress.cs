using Finetune.Cli.Invocation;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using Spectre.Console;

namespace Finetune.Cli.Pipelines;

/// <summary>Progress as a live display on a terminal: a bar for each running step with its figures.</summary>
/// <param name="display">Spectre's running display.</param>
internal sealed class LiveProgress(ProgressContext display) : IProgress<RunEvent>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProgressTask> _bars = new(StringComparer.Ordinal);

    /// <summary>Runs something under a display on standard error.</summary>
    public static async Task<T> ShowAsync<T>(Func<IProgress<RunEvent>, Task<T>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console
            .Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(display => run(new LiveProgress(display)));
    }

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        lock (_lock)
        {
            switch (value)
            {
                case StepStarted started:
                    Bar(started.Step).Description = Markup.Escape($"{started.Step}: {started.Reason}");
                    break;
                case StepProgressed progressed:
                    Update(Bar(progressed.Step), progressed.Step, progressed.Progress);
                    break;
                case StepFinished finished:
                    Finish(finished.Result);
                    break;
            }
        }
    }

    private static void Update(ProgressTask bar, string step, StageProgress progress)
    {
        bar.Description = Markup.Escape($"{step}: {ProgressText.Of(progress)}");
        bar.IsIndeterminate = progress.Total is null;
        if (progress.Total is { } total)
        {
            bar.MaxValue = Math.Max(1, total);
            bar.Value = progress.Done ?? 0;
        }
    }

    private void Finish(StepResult result)
    {
        var bar = Bar(result.Name);
        bar.IsIndeterminate = false;
        bar.Value = bar.MaxValue;
        bar.Description = Markup.Escape($"{result.Name}: {RunEventJson.Word(result.Status)}");
        bar.StopTask();
        foreach (var diagnostic in result.Diagnostics.Where(d => d.Severity == Severity.Error))
        {
            Console.Error.Write(Sources.Print(diagnostic));
        }
    }

    private ProgressTask Bar(string step)
    {
        if (!_bars.TryGetValue(step, out var bar))
        {
            _bars[step] = bar = display.AddTask(Markup.Escape(step));
            bar.IsIndeterminate = true;
        }

        return bar;
    }
}
