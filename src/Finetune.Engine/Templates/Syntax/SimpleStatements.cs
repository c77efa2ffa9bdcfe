using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

internal sealed class DataStatement(string text, int line) : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        frame.Output.Write(text, escapes: false);
        return Flow.Next;
    }
}

internal sealed class PrintStatement(Expression value, int line) : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        frame.Output.Write(value.Evaluate(frame), frame.Escapes);
        return Flow.Next;
    }
}

internal sealed class JumpStatement(Flow flow, int line) : Statement(line)
{
    protected override Flow Do(Frame frame) => flow;
}

internal sealed class NoLoaderStatement(int line) : Statement(line)
{
    protected override Flow Do(Frame frame) => throw JinjaException.Type("no loader for this environment specified");
}

internal sealed class IfStatement(IReadOnlyList<(Expression Test, Body Body)> branches, Body otherwise, int line)
    : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        foreach (var (test, body) in branches)
        {
            if (Kinds.IsTrue(test.Evaluate(frame)))
            {
                return body.Run(frame);
            }
        }

        return otherwise.Run(frame);
    }
}

internal sealed class SetStatement(Target target, Expression value, int line) : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        target.Assign(frame, value.Evaluate(frame));
        return Flow.Next;
    }
}

internal sealed class SetBlockStatement(Target target, Expression? filter, Body body, int line) : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        target.Assign(frame, FilterBlockStatement.Filtered(frame, body, filter));
        return Flow.Next;
    }
}

internal sealed class FilterBlockStatement(Expression filter, Body body, int line) : Statement(line)
{
    public static object Filtered(Frame frame, Body body, Expression? filter)
    {
        var text = body.Text(frame);
        if (filter is null)
        {
            return text;
        }

        var inner = frame.Inner();
        inner.Scope.Set(HeldText.Name, text);
        return filter.Evaluate(inner);
    }

    protected override Flow Do(Frame frame)
    {
        frame.Output.Write(Filtered(frame, body, filter), frame.Escapes);
        return Flow.Next;
    }
}

internal sealed class WithStatement(IReadOnlyList<(Target Target, Expression Value)> settings, Body body, int line)
    : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        var inner = frame.Inner();
        foreach (var (target, value) in settings)
        {
            target.Assign(inner, value.Evaluate(frame));
        }

        return body.Run(inner);
    }
}

internal sealed class AutoescapeStatement(Expression value, Body body, int line) : Statement(line)
{
    protected override Flow Do(Frame frame) =>
        body.Run(frame.Inner() with { Escapes = Kinds.IsTrue(value.Evaluate(frame)) });
}

/// <summary>What the model is to learn to write: its place in the output is a span.</summary>
internal sealed class GenerationStatement(Body body, int line) : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        var text = Printing.Str(body.Text(frame));
        frame.Output.Write(frame.Rendering.Marks.Add(text, frame.Rendering.OutputLength), escapes: false);
        return Flow.Next;
    }
}
