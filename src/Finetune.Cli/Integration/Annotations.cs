using System.Globalization;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;

namespace Finetune.Cli.Integration;

/// <summary>What was found, as GitHub's workflow commands: a line of the document is marked where it stands in a pull
/// request.</summary>
internal static class Annotations
{
    /// <summary>One line each: faults, gates that are not met, and the verdict.</summary>
    /// <param name="outcome">What the run came to.</param>
    /// <param name="workspace">The checkout that paths are relative to; null for the current folder.</param>
    public static IEnumerable<string> Of(RunOutcome outcome, string? workspace)
    {
        foreach (var found in outcome.Problems)
        {
            var word = found.Severity == Severity.Error ? "error" : "warning";
            var message = found.Cure is null ? found.Message : $"{found.Message}\ncure: {found.Cure}";
            yield return Line(word, found.Code, message, found.Span, workspace);
        }

        if (outcome.Verdict is { Contenders.Count: > 0, Rows: > 0 } verdict)
        {
            yield return Line("notice", "verdict", VerdictSentence.Of(verdict), null, workspace);
        }
    }

    private static string Line(string word, string title, string message, SourceSpan? place, string? workspace)
    {
        var at = place is null
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"file={Property(Relative(place.File, workspace))},line={place.Line},col={place.Column},"
            );
        return $"::{word} {at}title={Property(title)}::{Data(message)}";
    }

    private static string Relative(string file, string? workspace) =>
        workspace is null || file.StartsWith("--", StringComparison.Ordinal)
            ? file
            : Path.GetRelativePath(workspace, Path.GetFullPath(file)).Replace('\\', '/');

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
