namespace Finetune.Engine.Templates;

/// <summary>A Jinja template that cannot be read, or that failed or was stopped while it ran.</summary>
/// <param name="kind">The error as Python and Jinja call it: <c>TemplateSyntaxError</c>, <c>TypeError</c>, ...</param>
/// <param name="message">What went wrong; for <c>raise_exception</c> the template's own words.</param>
/// <param name="line">The line of the template, from 1; 0 where it is not known yet.</param>
public sealed class JinjaException(string kind, string message, int line = 0) : Exception(message)
{
    /// <summary>The kind of an error that a template raised itself.</summary>
    public const string Raised = "TemplateError";

    /// <summary>The kind of an error that says a limit was reached.</summary>
    public const string LimitReached = "LimitError";

    /// <summary>The error as Python and Jinja call it.</summary>
    public string Kind { get; } = kind;

    /// <summary>The line of the template, from 1.</summary>
    public int Line { get; private set; } = line;

    /// <summary>Kind, message and line in one sentence.</summary>
    public string Described => Line > 0 ? $"template line {Line}: {Kind}: {Message}" : $"template: {Kind}: {Message}";

    internal static JinjaException Type(string message) => new("TypeError", message);

    internal static JinjaException Value(string message) => new("ValueError", message);

    internal static JinjaException Limit(string message) => new(LimitReached, message);

    // Called from exception filters, so that the innermost node names the line and nothing unwinds for it.
    internal bool Locate(int line)
    {
        if (Line == 0)
        {
            Line = line;
        }

        return false;
    }
}
