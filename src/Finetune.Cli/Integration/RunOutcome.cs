using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Gates;

namespace Finetune.Cli.Integration;

/// <summary>What a run came to, for the systems that called it.</summary>
/// <param name="Name">The pipeline's; its document's path where that could not be read.</param>
/// <param name="Document">The document's path as it was given.</param>
/// <param name="Result">What became of the steps; null where none could begin.</param>
internal sealed record RunOutcome(string Name, string Document, RunResult? Result)
{
    /// <summary>What stood in the way of any step, and warnings of the document.</summary>
    public IReadOnlyList<Diagnostic> Found { get; init; } = [];

    /// <summary>The verdict; null where it was not reached.</summary>
    public VerdictRecord? Verdict { get; init; }

    /// <summary>The gates, in the order they were written.</summary>
    public IReadOnlyList<JudgedGate> Gates { get; init; } = [];

    /// <summary>The report's path; null where there is none.</summary>
    public string? Report { get; init; }

    /// <summary>How long it all took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Whether nothing failed and every gate is met.</summary>
    public bool Ok => Result?.Ok == true && !Broken.Any();

    /// <summary>All that was found, in the order it was found.</summary>
    public IEnumerable<Diagnostic> Problems =>
        [.. Found, .. Result?.Steps.SelectMany(s => s.Diagnostics) ?? [], .. Broken.Select(g => g.Diagnostic)];

    /// <summary>Gates that are not met.</summary>
    public IEnumerable<JudgedGate> Broken => Gates.Where(gate => gate.Holds == false);
}

/// <summary>A gate and whether it is met.</summary>
/// <param name="Requirement">The gate.</param>
/// <param name="Holds">Null where there is no verdict to judge it by.</param>
/// <param name="Explanation">With its figures.</param>
internal sealed record JudgedGate(Requirement Requirement, bool? Holds, string Explanation)
{
    /// <summary>What is said of it when it is not met.</summary>
    public Diagnostic Diagnostic => new(Requirement.NotMet, $"gate not met: {Explanation}", Requirement.Place);

    /// <summary>Judges gates by a verdict.</summary>
    public static IReadOnlyList<JudgedGate> Of(IReadOnlyList<Requirement> gates, VerdictRecord? verdict)
    {
        if (verdict is null)
        {
            return [.. gates.Select(gate => new JudgedGate(gate, null, gate.Text))];
        }

        var figures = GateFigures.Of(verdict);
        return [.. gates.Select(gate => new JudgedGate(gate, gate.Holds(figures), gate.Explain(figures)))];
    }
}
