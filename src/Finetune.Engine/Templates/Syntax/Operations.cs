using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

internal sealed class BinaryExpression(string sign, Expression left, Expression right, int line) : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var (a, b) = (left.Evaluate(frame), right.Evaluate(frame));
        var result = Arithmetic.Apply(sign, a, b);
        if (sign == "+" && result is string sum && a is string first && b is string second)
        {
            Joining.Remember(frame.Rendering.Marks, sum, [first, second]);
        }

        return result;
    }
}

internal sealed class UnaryExpression(string sign, Expression operand, int line) : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var value = operand.Evaluate(frame);
        return sign switch
        {
            "not" => !Kinds.IsTrue(value),
            "-" => Arithmetic.Negate(value),
            _ => Arithmetic.Plus(value),
        };
    }
}

internal sealed class LogicExpression(bool isOr, Expression left, Expression right, int line) : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var value = left.Evaluate(frame);
        return Kinds.IsTrue(value) == isOr ? value : right.Evaluate(frame);
    }
}

internal sealed class ConditionExpression(Expression test, Expression yes, Expression? no, int line) : Expression(line)
{
    protected override object Value(Frame frame) =>
        Kinds.IsTrue(test.Evaluate(frame)) ? yes.Evaluate(frame)
        : no is null ? Undefined.Hint("the inline if-expression evaluated to false and no else section was defined.")
        : no.Evaluate(frame);
}

internal sealed class ConcatExpression(IReadOnlyList<Expression> parts, int line) : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var values = parts.Select(part => part.Evaluate(frame)).ToList();
        if (frame.Escapes)
        {
            return new Markup(string.Concat(values.Select(value => Markup.Escape(value).Text)));
        }

        string[] texts = [.. values.Select(Printing.Str)];
        Meter.Allocate(texts.Sum(text => (long)text.Length));
        var joined = string.Concat(texts);
        Joining.Remember(frame.Rendering.Marks, joined, texts);
        return joined;
    }
}

internal sealed class CompareExpression(
    Expression first,
    IReadOnlyList<(string Sign, Expression Operand)> rest,
    int line
) : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var left = first.Evaluate(frame);
        foreach (var (sign, operand) in rest)
        {
            var right = operand.Evaluate(frame);
            if (!Comparing.Holds(sign, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}
