namespace Finetune.Graph.Diagnostics;

/// <summary>A place in a text file. Lines and columns count from 1; columns are UTF-16 units.</summary>
/// <param name="File">The file as the user named it, for display.</param>
/// <param name="Line">First line.</param>
/// <param name="Column">First column.</param>
/// <param name="Length">How many columns the caret line underlines on the first line; at least 1.</param>
public sealed record SourceSpan(string File, int Line, int Column, int Length = 1);
