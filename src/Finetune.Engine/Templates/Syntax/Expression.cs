using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>What has a value.</summary>
internal abstract class Expression(int line)
{
    public int Line => line;

    public object Evaluate(Frame frame)
    {
        Meter.EnsureStack();
        Meter.Step();
        try
        {
            return Value(frame);
        }
        catch (JinjaException e) when (e.Locate(line))
        {
            throw;
        }
    }

    protected abstract object Value(Frame frame);
}
