using System.Text;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>Names, literals, and what follows them: lookups, calls, filters, tests.</summary>
internal sealed class PrimaryParser(TokenStream tokens, NameCheck names, ExpressionParser expressions)
{
    public Expression Primary()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case "name":
                tokens.Next();
                names.Read(token.Text);
                return token.Text switch
                {
                    "true" or "True" => new Literal(true, token.Line),
                    "false" or "False" => new Literal(false, token.Line),
                    "none" or "None" => new Literal(None.Value, token.Line),
                    _ => new NameExpression(token.Text, token.Line),
                };
            case "string":
                var text = new StringBuilder();
                while (tokens.Is("string"))
                {
                    text.Append(tokens.Next().Text);
                }

                return new Literal(text.ToString(), token.Line);
            case "integer" or "float":
                return new Literal(tokens.Next().Number!, token.Line);
            case "(":
                tokens.Next();
                var inner = expressions.Tuple(isInParentheses: true);
                tokens.Expect(")");
                return inner;
            case "[":
                return List();
            case "{":
                return Dict();
            default:
                throw tokens.Fail($"unexpected '{token.Described}'");
        }
    }

    public Expression Postfix(Expression value)
    {
        while (true)
        {
            switch (tokens.Current.Kind)
            {
                case ".":
                    value = Attribute(value);
                    break;
                case "[":
                    value = Subscript(value);
                    break;
                case "(":
                    value = Call(value);
                    break;
                default:
                    return value;
            }
        }
    }

    public Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.Is("|"))
            {
                value = Filters(value, isInline: false);
            }
            else if (tokens.IsName("is"))
            {
                value = Test(value);
            }
            else if (tokens.Is("("))
            {
                value = Call(value);
            }
            else
            {
                return value;
            }
        }
    }

    public Expression Filters(Expression value, bool isInline)
    {
        while (isInline || tokens.Skip("|"))
        {
            isInline = false;
            var name = Dotted();
            names.Filter(name);
            var arguments = tokens.Is("(") ? Arguments() : CallSyntax.None;
            value = new FilterExpression(value, name.Text, arguments, name.Line);
        }

        return value;
    }

    public CallSyntax Arguments()
    {
        var line = tokens.Expect("(").Line;
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? more = null;
        Expression? moreNamed = null;
        var isFirst = true;
        while (!tokens.Is(")"))
        {
            if (!isFirst)
            {
                tokens.Expect(",");
                if (tokens.Is(")"))
                {
                    break;
                }
            }

            isFirst = false;
            if (tokens.Is("*") && more is null && moreNamed is null)
            {
                tokens.Next();
                more = expressions.Expression();
            }
            else if (tokens.Is("**") && moreNamed is null)
            {
                tokens.Next();
                moreNamed = expressions.Expression();
            }
            else if (tokens.Is("name") && tokens.Ahead.Kind == "=" && moreNamed is null)
            {
                var key = tokens.Next().Text;
                tokens.Next();
                named.Add((key, expressions.Expression()));
            }
            else if (more is null && moreNamed is null && named.Count == 0)
            {
                positional.Add(expressions.Expression());
            }
            else
            {
                throw tokens.Fail("invalid syntax for function call expression", line);
            }
        }

        tokens.Expect(")");
        return new CallSyntax(positional, named, more, moreNamed);
    }

    private CallExpression Call(Expression callee)
    {
        var line = tokens.Current.Line;
        return new CallExpression(callee, Arguments(), line);
    }

    private Token Dotted()
    {
        var name = tokens.Expect("name");
        var text = name.Text;
        while (tokens.Skip("."))
        {
            text += "." + tokens.Expect("name").Text;
        }

        return name with
        {
            Text = text,
        };
    }

    private Expression Test(Expression value)
    {
        var line = tokens.Next().Line;
        var isNegated = tokens.SkipName("not");
        var name = Dotted();
        names.Test(name);
        var arguments = CallSyntax.None;
        if (tokens.Is("("))
        {
            arguments = Arguments();
        }
        else if (
            tokens.IsAny("name", "string", "integer", "float", "[", "{")
            && !tokens.IsName("else")
            && !tokens.IsName("or")
            && !tokens.IsName("and")
        )
        {
            if (tokens.IsName("is"))
            {
                throw tokens.Fail("You cannot chain multiple tests with is");
            }

            arguments = new CallSyntax([Postfix(Primary())], [], null, null);
        }

        Expression test = new TestExpression(value, name.Text, arguments, line);
        return isNegated ? new UnaryExpression("not", test, line) : test;
    }

    private Expression Attribute(Expression owner)
    {
        var line = tokens.Next().Line;
        var name = tokens.Next();
        return name.Kind switch
        {
            "name" => new AttributeExpression(owner, name.Text, line),
            "integer" => new ItemExpression(owner, new Literal(name.Number!, name.Line), line),
            _ => throw tokens.Fail("expected name or number", name.Line),
        };
    }

    private Expression Subscript(Expression owner)
    {
        var line = tokens.Next().Line;
        var keys = new List<Expression>();
        while (!tokens.Is("]"))
        {
            if (keys.Count > 0)
            {
                tokens.Expect(",");
            }

            var start = tokens.Is(":") ? null : expressions.Expression();
            if (!tokens.Skip(":"))
            {
                keys.Add(start!);
                continue;
            }

            var stop = Bound();
            var step = tokens.Skip(":") ? Bound() : null;
            tokens.Expect("]");
            return keys.Count == 0
                ? new SliceExpression(owner, start, stop, step, line)
                : throw tokens.Fail("a slice among several indices is not known here", line);
        }

        tokens.Expect("]");
        return new ItemExpression(owner, keys.Count == 1 ? keys[0] : new TupleExpression(keys, line), line);
    }

    private Expression? Bound() => tokens.IsAny(":", "]", ",") ? null : expressions.Expression();

    private ListExpression List()
    {
        var line = tokens.Next().Line;
        var items = new List<Expression>();
        while (!tokens.Is("]"))
        {
            if (items.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Is("]"))
                {
                    break;
                }
            }

            items.Add(expressions.Expression());
        }

        tokens.Expect("]");
        return new ListExpression(items, line);
    }

    private DictExpression Dict()
    {
        var line = tokens.Next().Line;
        var pairs = new List<(Expression, Expression)>();
        while (!tokens.Is("}"))
        {
            if (pairs.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Is("}"))
                {
                    break;
                }
            }

            var key = expressions.Expression();
            tokens.Expect(":");
            pairs.Add((key, expressions.Expression()));
        }

        tokens.Expect("}");
        return new DictExpression(pairs, line);
    }
}
