using System.Globalization;
using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Artifacts;

/// <summary>Collects what is wrong with data, so that it is shown at once: the first errors in full, the rest as a
/// number.</summary>
/// <param name="place">Where in the document errors without a place of their own belong.</param>
/// <param name="cap">How many are shown in full.</param>
public sealed class FoundErrors(SourceSpan? place = null, int cap = FoundErrors.DefaultCap)
{
    /// <summary>How many are shown in full unless said otherwise.</summary>
    public const int DefaultCap = 20;

    private readonly List<Diagnostic> _shown = [];

    /// <summary>How many there are, shown or not.</summary>
    public long Count { get; private set; }

    /// <summary>Whether there is one.</summary>
    public bool Any => Count > 0;

    /// <summary>Takes note of an error.</summary>
    public void Add(Diagnostic error)
    {
        Count++;
        if (_shown.Count < cap)
        {
            _shown.Add(error.Span is null ? error with { Span = place } : error);
        }
    }

    /// <summary>Ends the step when anything was found.</summary>
    /// <exception cref="PipelineException">Something was.</exception>
    public void ThrowIfAny()
    {
        if (Count == 0)
        {
            return;
        }

        var more = Count - _shown.Count;
        if (more > 0)
        {
            var last = _shown[^1];
            var tail = string.Create(
                CultureInfo.InvariantCulture,
                $"{last.Message} (and {more} more errors like these)"
            );
            _shown[^1] = last with { Message = tail };
        }

        throw new PipelineException(_shown, ExitCode.StepFailed);
    }
}
