using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>Expressions, by Jinja's order of operators: or, and, not, comparison, + -, ~, * / // %, **, unary.</summary>
internal sealed class ExpressionParser(TokenStream tokens, NameCheck names)
{
    private PrimaryParser Primaries => field ??= new PrimaryParser(tokens, names, this);

    public Expression Expression() => Condition();

    public Expression Primary() => Primaries.Primary();

    public CallSyntax Arguments() => Primaries.Arguments();

    public Expression Filters(Expression inner, bool isInline) => Primaries.Filters(inner, isInline);

    /// <summary>One expression, or several with commas between, which make a tuple.</summary>
    public Expression Tuple(bool withCondition = true, string? endName = null, bool isInParentheses = false)
    {
        var line = tokens.Current.Line;
        var items = new List<Expression>();
        var isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                tokens.Expect(",");
            }

            if (tokens.IsAny("printed", "end", ")") || (endName is not null && tokens.IsName(endName)))
            {
                break;
            }

            items.Add(withCondition ? Condition() : Or());
            if (!tokens.Is(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple || (items.Count == 0 && isInParentheses) ? new TupleExpression(items, line)
            : items.Count > 0 ? items[0]
            : throw tokens.Fail(
                "Expected an expression, got '"
                    + (
                        tokens.Is("end") ? "end of statement block"
                        : tokens.Is("printed") ? "end of print statement"
                        : tokens.Current.Described
                    )
                    + "'"
            );
    }

    public Expression Or()
    {
        Meter.EnsureStack();
        var left = And();
        while (tokens.IsName("or"))
        {
            var line = tokens.Next().Line;
            left = new LogicExpression(true, left, And(), line);
        }

        return left;
    }

    private Expression Condition()
    {
        Meter.EnsureStack();
        var mark = names.Mark;
        var value = Or();
        while (tokens.IsName("if"))
        {
            var line = tokens.Next().Line;
            var test = Or();
            var other = tokens.SkipName("else") ? Condition() : null;
            value = new ConditionExpression(test, value, other, line);
            names.Forgive(mark);
        }

        return value;
    }

    private Expression And()
    {
        var left = Not();
        while (tokens.IsName("and"))
        {
            var line = tokens.Next().Line;
            left = new LogicExpression(false, left, Not(), line);
        }

        return left;
    }

    private Expression Not()
    {
        if (!tokens.IsName("not"))
        {
            return Compare();
        }

        Meter.EnsureStack();
        var line = tokens.Next().Line;
        return new UnaryExpression("not", Not(), line);
    }

    private Expression Compare()
    {
        var line = tokens.Current.Line;
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (tokens.IsAny("==", "!=", "<", "<=", ">", ">="))
            {
                rest.Add((tokens.Next().Kind, Sum()));
            }
            else if (tokens.SkipName("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (tokens.IsName("not") && tokens.Ahead.IsName("in"))
            {
                tokens.Next();
                tokens.Next();
                rest.Add(("not in", Sum()));
            }
            else
            {
                return rest.Count == 0 ? first : new CompareExpression(first, rest, line);
            }
        }
    }

    private Expression Sum()
    {
        var left = Concat();
        while (tokens.IsAny("+", "-"))
        {
            var sign = tokens.Next();
            left = new BinaryExpression(sign.Kind, left, Concat(), sign.Line);
        }

        return left;
    }

    private Expression Concat()
    {
        var line = tokens.Current.Line;
        List<Expression> parts = [Product()];
        while (tokens.Skip("~"))
        {
            parts.Add(Product());
        }

        return parts.Count == 1 ? parts[0] : new ConcatExpression(parts, line);
    }

    private Expression Product()
    {
        var left = Power();
        while (tokens.IsAny("*", "/", "//", "%"))
        {
            var sign = tokens.Next();
            left = new BinaryExpression(sign.Kind, left, Power(), sign.Line);
        }

        return left;
    }

    private Expression Power()
    {
        var left = Unary(withFilters: true);
        while (tokens.Is("**"))
        {
            var sign = tokens.Next();
            left = new BinaryExpression(sign.Kind, left, Unary(withFilters: true), sign.Line);
        }

        return left;
    }

    private Expression Unary(bool withFilters)
    {
        Meter.EnsureStack();
        Expression value;
        if (tokens.IsAny("-", "+"))
        {
            var sign = tokens.Next();
            value = new UnaryExpression(sign.Kind, Unary(withFilters: false), sign.Line);
        }
        else
        {
            value = Primary();
        }

        value = Primaries.Postfix(value);
        return withFilters ? Primaries.FiltersAndTests(value) : value;
    }
}
