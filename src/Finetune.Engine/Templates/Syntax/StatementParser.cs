namespace Finetune.Engine.Templates.Syntax;

/// <summary>Tags with a percent sign.</summary>
internal sealed class StatementParser(
    TemplateParser bodies,
    TokenStream tokens,
    ExpressionParser expressions,
    NameCheck names
)
{
    private readonly TargetParser _targets = new(tokens);
    private int _loops;

    /// <summary>The statement whose name is the current token; its body's end tag included.</summary>
    public IReadOnlyList<Statement> Statement(string[] ends)
    {
        var tag = tokens.Is("name") ? tokens.Next() : throw tokens.Fail("tag name expected");
        var line = tag.Line;
        return tag.Text switch
        {
            "for" => [For(line)],
            "if" => [If(line)],
            "set" => [Set(line)],
            "macro" => [Macro(line)],
            "call" => [CallBlock(line)],
            "filter" => [FilterBlock(line)],
            "with" => [With(line)],
            "autoescape" =>
            [
                new AutoescapeStatement(expressions.Expression(), Own("endautoescape", "autoescape"), line),
            ],
            "block" => [Block(line)],
            "print" => Print(line),
            "generation" => [new GenerationStatement(Closed(() => Own("endgeneration", "generation")), line)],
            "break" when _loops > 0 => [new JumpStatement(Flow.Break, line)],
            "continue" when _loops > 0 => [new JumpStatement(Flow.Continue, line)],
            "break" or "continue" => throw tokens.Fail($"'{tag.Text}' outside loop", line),
            "include" or "import" or "from" or "extends" => [NoLoader(line)],
            _ => throw tokens.Fail(
                $"Encountered unknown tag '{tag.Text}'."
                    + (
                        ends.Length == 0
                            ? ""
                            : " Jinja was looking for the following tags: "
                                + string.Join(" or ", ends.Select(end => $"'{end}'"))
                                + "."
                    ),
                line
            ),
        };
    }

    // The rest of the opening tag, the body, and the name of the end tag.
    private Body Own(string end, string tag)
    {
        var mark = names.Mark;
        var body = Body([end], tag);
        tokens.Next();
        names.Insist(mark);
        return body;
    }

    private Body Body(string[] ends, string tag)
    {
        tokens.Skip(":");
        tokens.Expect("end");
        return bodies.Until(ends, tag);
    }

    // A part that no break leaves.
    private T Closed<T>(Func<T> parse)
    {
        var loops = _loops;
        _loops = 0;
        var parsed = parse();
        _loops = loops;
        return parsed;
    }

    private ForStatement For(int line)
    {
        var target = _targets.Several(isInLoop: true);
        tokens.ExpectName("in");
        var items = expressions.Tuple(withCondition: false, endName: "recursive");
        var mark = names.Mark;
        var test = tokens.SkipName("if") ? expressions.Expression() : null;
        var isRecursive = tokens.SkipName("recursive");
        _loops++;
        var body = Body(["endfor", "else"], "for");
        _loops--;
        var otherwise = tokens.Next().Text == "else" ? Body(["endfor"], "for") : Syntax.Body.Empty;
        if (!ReferenceEquals(otherwise, Syntax.Body.Empty))
        {
            tokens.Next();
        }

        names.Insist(mark);
        return new ForStatement(target, items, test, isRecursive, body, otherwise, line);
    }

    private IfStatement If(int line)
    {
        var mark = names.Mark;
        var branches = new List<(Expression, Body)>();
        var otherwise = Syntax.Body.Empty;
        var word = "elif";
        while (word == "elif")
        {
            var test = expressions.Tuple(withCondition: false);
            branches.Add((test, Body(["elif", "else", "endif"], "if")));
            word = tokens.Next().Text;
        }

        if (word == "else")
        {
            otherwise = Body(["endif"], "if");
            tokens.Next();
        }

        names.Forgive(mark);
        return new IfStatement(branches, otherwise, line);
    }

    private Statement Set(int line)
    {
        var target = _targets.Several(withNamespace: true);
        if (tokens.Skip("="))
        {
            return new SetStatement(target, expressions.Tuple(), line);
        }

        var filter = tokens.Is("|") ? expressions.Filters(new HeldText(line), isInline: false) : null;
        return new SetBlockStatement(target, filter, Closed(() => Own("endset", "set")), line);
    }

    private MacroStatement Macro(int line)
    {
        var name = _targets.Name();
        return new MacroStatement(Callee(name, "endmacro", "macro", Signature), line);
    }

    private CallBlockStatement CallBlock(int line)
    {
        IReadOnlyList<(string, Expression?)> arguments = tokens.Is("(") ? Signature() : [];
        var call = expressions.Expression() as CallExpression ?? throw tokens.Fail("expected call", line);
        return new CallBlockStatement(call, Callee("caller", "endcall", "call", () => arguments), line);
    }

    private MacroSyntax Callee(
        string name,
        string end,
        string tag,
        Func<IReadOnlyList<(string, Expression?)>> signature
    )
    {
        names.EnterMacro();
        var arguments = signature();
        var body = Closed(() => Own(end, tag));
        return new MacroSyntax(name, arguments, body, names.LeaveMacro());
    }

    private List<(string, Expression?)> Signature()
    {
        var arguments = new List<(string Name, Expression? Default)>();
        tokens.Expect("(");
        while (!tokens.Is(")"))
        {
            if (arguments.Count > 0)
            {
                tokens.Expect(",");
            }

            var name = _targets.Name();
            var value = tokens.Skip("=") ? expressions.Expression() : null;
            if (value is null && arguments.Any(argument => argument.Default is not null))
            {
                throw tokens.Fail("non-default argument follows default argument");
            }

            arguments.Add((name, value));
        }

        tokens.Expect(")");
        return arguments;
    }

    private FilterBlockStatement FilterBlock(int line)
    {
        var filter = expressions.Filters(new HeldText(line), isInline: true);
        return new FilterBlockStatement(filter, Closed(() => Own("endfilter", "filter")), line);
    }

    private WithStatement With(int line)
    {
        var settings = new List<(Target, Expression)>();
        while (!tokens.Is("end"))
        {
            if (settings.Count > 0)
            {
                tokens.Expect(",");
            }

            var target = _targets.Several();
            tokens.Expect("=");
            settings.Add((target, expressions.Expression()));
        }

        return new WithStatement(settings, Own("endwith", "with"), line);
    }

    private BlockStatement Block(int line)
    {
        var name = tokens.Expect("name").Text;
        var isScoped = tokens.SkipName("scoped");
        tokens.SkipName("required");
        var block = new BlockStatement(name, isScoped, Closed(() => Own("endblock", "block")), line);
        tokens.SkipName(name);
        return bodies.Blocks.TryAdd(name, block)
            ? block
            : throw new JinjaException("TemplateAssertionError", $"block '{name}' defined twice", line);
    }

    private List<Statement> Print(int line)
    {
        var values = new List<Statement>();
        while (!tokens.Is("end"))
        {
            if (values.Count > 0)
            {
                tokens.Expect(",");
            }

            values.Add(new PrintStatement(expressions.Expression(), line));
        }

        return values;
    }

    private NoLoaderStatement NoLoader(int line)
    {
        while (!tokens.IsAny("end", "eof"))
        {
            tokens.Next();
        }

        return new NoLoaderStatement(line);
    }
}
