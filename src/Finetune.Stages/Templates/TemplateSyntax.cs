using Scriban;
using Scriban.Parsing;

namespace Finetune.Stages.Templates;

/// <summary>Errors of syntax, Scriban's own and those it lets pass.</summary>
internal static class TemplateSyntax
{
    /// <summary>All errors of a parsed text, in no order.</summary>
    public static IReadOnlyList<TemplateError> Errors(string text, Template template)
    {
        var errors = template
            .Messages.Where(m => m.Type == ParserMessageType.Error)
            .Select(m => new TemplateError(
                Shorten(m.Message),
                m.Span.Start.Line + 1,
                m.Span.Start.Column + 1,
                Math.Max(1, m.Span.Length)
            ))
            .ToList();
        if (Unclosed(text) is { } unclosed)
        {
            // Later complaints follow from the missing end.
            return [unclosed];
        }

        // One slip often makes several messages at one place; the first says it.
        return [.. errors.DistinctBy(e => (e.Line, e.Column))];
    }

    // Scriban takes the end of the text for the end of the code.
    private static TemplateError? Unclosed(string text)
    {
        Token? open = null;
        foreach (var token in new Lexer(text, "template"))
        {
            open = token.Type switch
            {
                TokenType.CodeEnter => token,
                TokenType.CodeExit => null,
                _ => open,
            };
        }

        return open is { } start
            ? new TemplateError(
                "'{{' is not closed",
                start.Start.Line + 1,
                start.Start.Column + 1,
                2,
                "close it with '}}'"
            )
            : null;
    }

    // "Error while parsing if statement: The <end> ..." says 'error' twice and the statement again later.
    private static string Shorten(string message)
    {
        var text = message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        var start = text.StartsWith("Error while parsing", StringComparison.Ordinal)
            ? text.IndexOf(": ", StringComparison.Ordinal)
            : -1;
        var rest = start < 0 ? text : text[(start + 2)..];
        return char.ToLowerInvariant(rest[0]) + rest[1..];
    }
}
