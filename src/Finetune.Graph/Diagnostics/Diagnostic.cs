namespace Finetune.Graph.Diagnostics;

/// <summary>How bad a diagnostic is.</summary>
public enum Severity
{
    /// <summary>Nothing runs until it is mended.</summary>
    Error,

    /// <summary>The run goes on; the user should know.</summary>
    Warning,
}

/// <summary>One thing that is wrong with what the user wrote, with its place and its cure.</summary>
/// <param name="Code">Stable code such as <c>FT1203</c>; the first digit is the area (design: FT1 document, FT2 data,
/// FT3 templates and tokens, FT4 splits, FT5 memory and device, FT6 cache, FT7 model files, FT8 evaluation and gates,
/// FT9 environment).</param>
/// <param name="Message">What was found and what was wanted, one sentence without a full stop.</param>
/// <param name="Span">Where it stands in a file, if it stands in one.</param>
/// <param name="KeyPath">Dotted key path in the document, such as <c>training[0].learning_rate</c>.</param>
/// <param name="Cure">What to do about it, e.g. <c>did you mean 'prompt'?</c>.</param>
/// <param name="Row">1-based row number in a table, where a row is at fault.</param>
/// <param name="Severity">Error unless said otherwise.</param>
public sealed record Diagnostic(
    string Code,
    string Message,
    SourceSpan? Span = null,
    string? KeyPath = null,
    string? Cure = null,
    long? Row = null,
    Severity Severity = Severity.Error
);
