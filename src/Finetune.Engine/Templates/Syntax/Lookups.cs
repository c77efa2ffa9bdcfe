using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

internal sealed class AttributeExpression(Expression owner, string name, int line) : Expression(line)
{
    protected override object Value(Frame frame) => Members.Attribute(owner.Evaluate(frame), name);
}

internal sealed class ItemExpression(Expression owner, Expression key, int line) : Expression(line)
{
    protected override object Value(Frame frame) => Members.Item(owner.Evaluate(frame), key.Evaluate(frame));
}

internal sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step, int line)
    : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var value = owner.Evaluate(frame);
        return value is Undefined missing
            ? throw missing.Fail()
            : Indexing.Slice(value, start?.Evaluate(frame), stop?.Evaluate(frame), step?.Evaluate(frame));
    }
}
