namespace Finetune.Engine.Templates.Syntax;

/// <summary>A template's text as a tree.</summary>
internal sealed class TemplateParser
{
    private readonly TokenStream _tokens;
    private readonly NameCheck _names = new();
    private readonly StatementParser _statements;

    private TemplateParser(string source)
    {
        _tokens = new TokenStream(Lexer.Read(source));
        var expressions = new ExpressionParser(_tokens, _names);
        Expressions = expressions;
        _statements = new StatementParser(this, _tokens, expressions, _names);
    }

    public ExpressionParser Expressions { get; }

    public Dictionary<string, BlockStatement> Blocks { get; } = new(StringComparer.Ordinal);

    public static (Body Body, Dictionary<string, BlockStatement> Blocks) Parse(string source)
    {
        var parser = new TemplateParser(source);
        var body = parser.Until([], "");
        parser._names.Finish();
        return (body, parser.Blocks);
    }

    /// <summary>Statements up to one of those tags, whose name is the current token afterwards.</summary>
    public Body Until(string[] ends, string tag)
    {
        Values.Meter.EnsureStack();
        var statements = new List<Statement>();
        while (!_tokens.Is("eof"))
        {
            var token = _tokens.Next();
            switch (token.Kind)
            {
                case "data":
                    statements.Add(new DataStatement(token.Text, token.Line));
                    break;
                case "print":
                    statements.Add(new PrintStatement(Expressions.Tuple(), token.Line));
                    _tokens.Expect("printed");
                    break;
                default:
                    if (_tokens.Is("name") && ends.Contains(_tokens.Current.Text))
                    {
                        return new Body(statements);
                    }

                    statements.AddRange(_statements.Statement(ends));
                    _tokens.Expect("end");
                    break;
            }
        }

        return ends.Length == 0
            ? new Body(statements)
            : throw _tokens.Fail(
                "Unexpected end of template. Jinja was looking for the following tags: "
                    + string.Join(" or ", ends.Select(end => $"'{end}'"))
                    + $". The innermost block that needs to be closed is '{tag}'."
            );
    }
}
