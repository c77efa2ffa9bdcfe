using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Documents;

/// <summary>A YAML value with its place; anchors are resolved and merge keys applied.</summary>
/// <param name="Span">Where the value stands (for a value that came from <c>--set</c>: file <c>--set</c>).</param>
/// <param name="Path">Dotted key path from the root, such as <c>training[0].learning_rate</c>; the root is empty.</param>
public abstract record Node(SourceSpan Span, string Path);

/// <summary>A plain or quoted scalar.</summary>
/// <param name="Text">The text as written, unescaped.</param>
/// <param name="IsPlain">Whether it was unquoted; only plain scalars are typed by the core schema.</param>
/// <param name="Span">See <see cref="Node"/>.</param>
/// <param name="Path">See <see cref="Node"/>.</param>
public sealed record ScalarNode(string Text, bool IsPlain, SourceSpan Span, string Path) : Node(Span, Path)
{
    /// <summary>
    /// The value by the YAML 1.2 core schema: <see langword="null"/>, <see cref="bool"/>, <see cref="long"/>,
    /// <see cref="double"/> or <see cref="string"/>. <c>yes</c> is a string, <c>1e-3</c> a number.
    /// </summary>
    public object? Value => CoreSchema.Resolve(Text, IsPlain);
}

/// <summary>A list.</summary>
public sealed record SequenceNode(IReadOnlyList<Node> Items, SourceSpan Span, string Path) : Node(Span, Path);

/// <summary>One key and its value.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="KeySpan">Where the key stands.</param>
/// <param name="Value">The value.</param>
public sealed record MappingEntry(string Key, SourceSpan KeySpan, Node Value);

/// <summary>An object; keys are unique, in document order.</summary>
public sealed record MappingNode(IReadOnlyList<MappingEntry> Entries, SourceSpan Span, string Path) : Node(Span, Path)
{
    /// <summary>The entry of that key, or null.</summary>
    public MappingEntry? Find(string key) =>
        Entries.FirstOrDefault(e => string.Equals(e.Key, key, StringComparison.Ordinal));

    /// <summary>The value of that key, or null.</summary>
    public Node? this[string key] => Find(key)?.Value;
}
