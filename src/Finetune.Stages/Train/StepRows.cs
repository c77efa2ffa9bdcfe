using Finetune.Engine.Training;
using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Train;

/// <summary>Tells a training that failed in one step with the rows of that step.</summary>
internal static class StepRows
{
    private const int Most = 16;

    /// <summary>Runs a training.</summary>
    /// <param name="step">The step's name.</param>
    /// <param name="rows">The row's number of every training example.</param>
    /// <param name="training">What to run.</param>
    /// <exception cref="PipelineException">It diverged, or its loss leapt.</exception>
    public static TrainingResult Named(string step, IReadOnlyList<long> rows, Func<TrainingResult> training)
    {
        try
        {
            return training();
        }
        catch (TrainingDivergedException exception)
        {
            throw Told("FT5101", exception, exception.Rows, null);
        }
        catch (LossSpikeException exception)
        {
            throw Told(
                "FT5102",
                exception,
                exception.Rows,
                "look at these rows; a lower learning_rate or max_grad_norm, or a loss_watchdog with a larger factor"
            );
        }

        PipelineException Told(string code, Exception exception, IReadOnlyList<int> examples, string? cure)
        {
            var named = examples.Select(e => rows[e]).Distinct().Order().ToArray();
            var list = string.Join(", ", named.Take(Most)) + (named.Length > Most ? ", ..." : "");
            var message = named.Length == 0 ? exception.Message : $"{exception.Message} (training rows {list})";
            return new PipelineException(new Diagnostic(code, $"{step}: {message}", Cure: cure), ExitCode.StepFailed);
        }
    }
}
