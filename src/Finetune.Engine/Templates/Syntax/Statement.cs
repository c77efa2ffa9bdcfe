using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>What comes after a statement.</summary>
internal enum Flow
{
    /// <summary>The one below it.</summary>
    Next,

    /// <summary>The end of the loop.</summary>
    Break,

    /// <summary>The loop's next turn.</summary>
    Continue,
}

/// <summary>What writes, sets or repeats.</summary>
internal abstract class Statement(int line)
{
    public int Line => line;

    public Flow Run(Frame frame)
    {
        Meter.EnsureStack();
        Meter.Step();
        try
        {
            return Do(frame);
        }
        catch (JinjaException e) when (e.Locate(line))
        {
            throw;
        }
    }

    protected abstract Flow Do(Frame frame);
}

/// <summary>Statements one after the other.</summary>
internal sealed class Body(IReadOnlyList<Statement> statements)
{
    public static readonly Body Empty = new([]);

    public Flow Run(Frame frame)
    {
        foreach (var statement in statements)
        {
            if (statement.Run(frame) is not Flow.Next and var flow)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    /// <summary>What it writes, as a text.</summary>
    public object Text(Frame frame)
    {
        var buffered = frame.Buffered();
        Run(buffered);
        var text = buffered.Output.Finish();
        return frame.Escapes ? new Markup(text) : text;
    }
}
