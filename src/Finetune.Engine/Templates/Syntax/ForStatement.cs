using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

internal sealed class ForStatement(
    Target target,
    Expression items,
    Expression? test,
    bool isRecursive,
    Body body,
    Body otherwise,
    int line
) : Statement(line)
{
    protected override Flow Do(Frame frame) => Turn(frame, items.Evaluate(frame), 0);

    private Flow Turn(Frame frame, object value, int depth)
    {
        Meter.Enter();
        var source = Iteration.Over(value);
        var kept = test is null ? source : source.Where(item => Passes(frame, item));
        var loop = new Loop(
            test is null ? Kinds.Length(value) : null,
            kept,
            depth,
            isRecursive ? inner => Recurse(frame, inner, depth + 1) : null
        );
        var isEmpty = true;
        while (loop.Advance(out var item))
        {
            isEmpty = false;
            Meter.Step();
            var turn = frame.Inner();
            turn.Scope.Set("loop", loop);
            target.Assign(turn, item);
            if (body.Run(turn) == Flow.Break)
            {
                break;
            }
        }

        var flow = isEmpty ? otherwise.Run(frame.Inner()) : Flow.Next;
        Meter.Leave();
        return flow;
    }

    private bool Passes(Frame frame, object item)
    {
        var turn = frame.Inner();
        target.Assign(turn, item);
        return Kinds.IsTrue(test!.Evaluate(turn));
    }

    private string Recurse(Frame frame, object value, int depth)
    {
        var buffered = frame.Buffered();
        Turn(buffered, value, depth);
        return buffered.Output.Finish();
    }
}
