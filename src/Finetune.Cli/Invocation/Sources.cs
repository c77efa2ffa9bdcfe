using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Cli.Invocation;

/// <summary>The texts that diagnostics point into.</summary>
internal static class Sources
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>Keeps a text that is no file, or that has been read already.</summary>
    public static void Keep(string file, string text) => Known[file] = text;

    /// <summary>The <c>--set</c> arguments are a text of their own, one a line.</summary>
    public static void Overrides(IReadOnlyList<string> overrides) =>
        Keep(OverrideText.FileName, OverrideText.Join(overrides));

    /// <summary>The diagnostic as text, with its source line where that can be had.</summary>
    public static string Print(Diagnostic diagnostic) => DiagnosticPrinter.Print(diagnostic, TextOf);

    private static string? TextOf(string file)
    {
        if (Known.TryGetValue(file, out var text))
        {
            return text;
        }

        try
        {
            return Known[file] = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
