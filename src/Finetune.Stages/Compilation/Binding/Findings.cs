using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Collects all that is wrong with a document, so that it is told at once.</summary>
internal sealed class Findings
{
    private readonly List<Diagnostic> _found = [];

    /// <summary>Whether anything stands in the way of a run.</summary>
    public bool HasErrors => _found.Any(d => d.Severity == Severity.Error);

    /// <summary>Whether something at a key path, or under it, is wrong: then less can be said of what depends on it.</summary>
    public bool HasErrorAt(string path) =>
        _found.Exists(d =>
            d.Severity == Severity.Error
            && d.KeyPath is { } found
            && found.StartsWith(path, StringComparison.Ordinal)
            && (found.Length == path.Length || found[path.Length] is '.' or '[')
        );

    /// <summary>Warnings in document order.</summary>
    public IReadOnlyList<Diagnostic> Warnings => InOrder(Severity.Warning);

    /// <summary>Errors in document order; what stands outside the document comes last.</summary>
    public IReadOnlyList<Diagnostic> Errors => InOrder(Severity.Error);

    /// <summary>Adds an error.</summary>
    public void Add(string code, SourceSpan span, string path, string message, string? cure = null) =>
        Add(new Diagnostic(code, message, span, path, cure));

    /// <summary>Adds a warning.</summary>
    public void Warn(string code, SourceSpan span, string path, string message, string? cure = null) =>
        Add(new Diagnostic(code, message, span, path, cure, Severity: Severity.Warning));

    private void Add(Diagnostic diagnostic)
    {
        // An anchor's value is read wherever it is merged in, but it is wrong once.
        if (
            !_found.Exists(d =>
                d.Code == diagnostic.Code && d.Span == diagnostic.Span && d.Message == diagnostic.Message
            )
        )
        {
            _found.Add(diagnostic);
        }
    }

    private List<Diagnostic> InOrder(Severity severity) =>
        [
            .. _found
                .Where(d => d.Severity == severity)
                .OrderBy(d => d.Span is null || d.Span.File.StartsWith("--", StringComparison.Ordinal))
                .ThenBy(d => d.Span?.Line ?? 0)
                .ThenBy(d => d.Span?.Column ?? 0),
        ];
}
