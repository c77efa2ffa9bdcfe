namespace Finetune.Graph.Documents;

/// <summary>A pipeline document as read, with its overrides applied.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="DisplayPath">The path as the user named it; <see cref="Diagnostics.SourceSpan.File"/> of its nodes.</param>
/// <param name="Text">The file's text.</param>
/// <param name="Root">The top-level object.</param>
/// <param name="Overrides">The <c>--set</c> arguments in order, each <c>path=value</c>.</param>
public sealed record PipelineDocument(
    string Path,
    string DisplayPath,
    string Text,
    MappingNode Root,
    IReadOnlyList<string> Overrides
)
{
    /// <summary>
    /// The text a span's file stands for, for printing diagnostics: the document itself, or for
    /// <see cref="OverrideText.FileName"/> the overrides, one a line; null for any other file.
    /// </summary>
    public string? TextOf(string file)
    {
        if (string.Equals(file, DisplayPath, StringComparison.Ordinal))
        {
            return Text;
        }

        return string.Equals(file, OverrideText.FileName, StringComparison.Ordinal)
            ? OverrideText.Join(Overrides)
            : null;
    }
}
