namespace Finetune.Graph.Documents;

/// <summary>How overrides are shown as if they were a file: one a line, so that a caret can point into them.</summary>
public static class OverrideText
{
    /// <summary>The file name of spans that lie in an override; line n is the n-th override.</summary>
    public const string FileName = "--set";

    /// <summary>The text of that file.</summary>
    public static string Join(IReadOnlyList<string> overrides) =>
        string.Join('\n', overrides.Select(o => o.Replace('\n', ' ').Replace('\r', ' ')));
}
