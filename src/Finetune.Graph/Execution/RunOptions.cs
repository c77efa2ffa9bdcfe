using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>Which steps a run is about.</summary>
public sealed record RunOptions
{
    /// <summary>Just these; empty for no such limit.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>These and what depends on them.</summary>
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>These and what they depend on.</summary>
    public IReadOnlyList<string> Until { get; init; } = [];

    /// <summary>These run even when their result is in the store.</summary>
    public IReadOnlyList<string> Force { get; init; } = [];

    /// <summary>How many light steps run at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>The selected steps' names.</summary>
    /// <exception cref="PipelineException">A name is no step (exit code 1).</exception>
    public IReadOnlySet<string> Select(Plan plan)
    {
        var unknown = Only.Concat(From).Concat(Until).Concat(Force).FirstOrDefault(n => plan.Find(n) is null);
        if (unknown is not null)
        {
            var near = NearestMatch.Of(unknown, plan.Steps.Select(s => s.Name));
            throw new PipelineException(
                new Diagnostic(
                    "FT1901",
                    $"there is no step '{unknown}'",
                    Cure: near is null
                        ? $"the steps are {string.Join(", ", plan.Steps.Select(s => s.Name))}"
                        : $"did you mean '{near}'?"
                ),
                ExitCode.Usage
            );
        }

        var selected = plan.Steps.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        if (Only.Count > 0)
        {
            selected.IntersectWith(Only);
        }

        if (From.Count > 0)
        {
            selected.IntersectWith(plan.Steps.Where(s => From.Any(f => Needs(plan, s, f))).Select(s => s.Name));
        }

        if (Until.Count > 0)
        {
            selected.IntersectWith(
                plan.Steps.Where(s => Until.Any(u => Needs(plan, plan.Find(u)!, s.Name))).Select(s => s.Name)
            );
        }

        return selected;
    }

    private static bool Needs(Plan plan, Step step, string other) =>
        step.Name == other
        || step.Inputs.OfType<OutputInput>().Any(i => plan.Find(i.Step) is { } before && Needs(plan, before, other));
}
