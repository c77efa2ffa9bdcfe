using Finetune.Graph.Caching;

namespace Finetune.Cli.Integration;

/// <summary>Where a run's outcome goes besides the terminal.</summary>
/// <param name="JUnit">A file of JUnit XML; null for none.</param>
/// <param name="Summary">A file of Markdown; null for none.</param>
/// <param name="StepSummary">A file of Markdown that is added to, as GitHub names it; null for none.</param>
/// <param name="Annotations">Takes GitHub's workflow commands; null for none.</param>
/// <param name="Workspace">The checkout that annotations are relative to.</param>
internal sealed record Handover(
    string? JUnit,
    string? Summary,
    string? StepSummary,
    TextWriter? Annotations,
    string? Workspace
)
{
    /// <summary>Hands the outcome over.</summary>
    public void Give(RunOutcome outcome)
    {
        if (JUnit is not null)
        {
            Write(JUnit, JUnitReport.Of(outcome));
        }

        if (Summary is not null)
        {
            Write(Summary, MarkdownSummary.Of(outcome));
        }

        if (StepSummary is not null)
        {
            File.AppendAllText(StepSummary, MarkdownSummary.Of(outcome) + "\n");
        }

        if (Annotations is not null)
        {
            foreach (var line in Integration.Annotations.Of(outcome, Workspace))
            {
                Annotations.WriteLine(line);
            }
        }
    }

    private static void Write(string path, string text)
    {
        var full = Path.GetFullPath(path);
        DurableFile.WriteText(full, text, Path.GetDirectoryName(full)!);
    }
}
