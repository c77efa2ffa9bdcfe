using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

internal sealed class Literal(object value, int line) : Expression(line)
{
    protected override object Value(Frame frame) => value;
}

internal sealed class NameExpression(string name, int line) : Expression(line)
{
    public string Name => name;

    protected override object Value(Frame frame) => frame.Scope.Find(name) ?? frame.Rendering.Name(name);
}

internal sealed class ListExpression(IReadOnlyList<Expression> items, int line) : Expression(line)
{
    protected override object Value(Frame frame) => PyList.Of(items.Select(item => item.Evaluate(frame)));
}

internal sealed class TupleExpression(IReadOnlyList<Expression> items, int line) : Expression(line)
{
    public IReadOnlyList<Expression> Items => items;

    protected override object Value(Frame frame) =>
        new PyTuple([.. PyList.Of(items.Select(item => item.Evaluate(frame))).Items]);
}

internal sealed class DictExpression(IReadOnlyList<(Expression Key, Expression Value)> pairs, int line)
    : Expression(line)
{
    protected override object Value(Frame frame)
    {
        Meter.AllocateItems(2L * pairs.Count);
        var dict = new PyDict();
        foreach (var (key, value) in pairs)
        {
            dict.Set(key.Evaluate(frame), value.Evaluate(frame));
        }

        return dict;
    }
}
