using Finetune.Engine.Templates.Filters;
using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

internal sealed class CallExpression(Expression callee, CallSyntax arguments, int line) : Expression(line)
{
    protected override object Value(Frame frame) => Invoke(frame, null);

    /// <summary>Calls it, with the body of a call block where there is one.</summary>
    public object Invoke(Frame frame, object? caller)
    {
        var target = callee.Evaluate(frame);
        var evaluated = arguments.Evaluate(frame);
        if (caller is not null)
        {
            evaluated = evaluated with { Named = [.. evaluated.Named, KeyValuePair.Create("caller", caller)] };
        }

        var callable = target switch
        {
            Callable one => one,
            Undefined missing => throw missing.Fail(),
            _ => throw JinjaException.Type($"'{Kinds.Name(target)}' object is not callable"),
        };
        Meter.Enter();
        var result = callable.Call(evaluated);
        Meter.Leave();
        return result;
    }
}

internal sealed class FilterExpression(Expression inner, string name, CallSyntax arguments, int line) : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var value = inner.Evaluate(frame);
        var filter =
            FilterTable.Find(name)
            ?? throw new JinjaException("TemplateRuntimeError", $"No filter named '{name}' found.");
        var result = FilterTable.Apply(filter, arguments.Evaluate(frame, value));
        if (name == "trim")
        {
            frame.Rendering.Marks.Carry(value, result);
        }

        return result;
    }
}

internal sealed class TestExpression(Expression inner, string name, CallSyntax arguments, int line) : Expression(line)
{
    protected override object Value(Frame frame)
    {
        var value = inner.Evaluate(frame);
        var test =
            TestTable.Find(name) ?? throw new JinjaException("TemplateRuntimeError", $"No test named '{name}' found.");
        return FilterTable.Apply(test, arguments.Evaluate(frame, value));
    }
}

/// <summary>What a filter block or a set block with filters is applied to.</summary>
internal sealed class HeldText(int line) : Expression(line)
{
    // No name of a template can have a blank in it.
    public const string Name = "held text";

    protected override object Value(Frame frame) => frame.Scope.Find(Name)!;
}
