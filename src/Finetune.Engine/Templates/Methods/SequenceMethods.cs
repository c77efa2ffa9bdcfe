using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>Methods of list, tuple and range that change nothing.</summary>
internal static class SequenceMethods
{
    public static object? Bind(object owner, string name) =>
        (owner, name) switch
        {
            (_, "index") => new Function(
                new Signature(name, "value start? stop? /"),
                call => Index(owner, call[0]!, call.Int(1, 0), call.Int(2, int.MaxValue))
            ),
            (_, "count") => new Function(
                new Signature(name, "value /"),
                call => (BigInteger)Iteration.Over(owner).Count(item => KeyComparer.Same(item, call[0]!))
            ),
            (PyList list, "copy") => new Function(new Signature(name, ""), _ => PyList.Of(list.Items)),
            (PyRange range, "start") => range.Start,
            (PyRange range, "stop") => range.Stop,
            (PyRange range, "step") => range.Increment,
            _ => null,
        };

    private static BigInteger Index(object owner, object value, int start, int stop)
    {
        var length = Kinds.Length(owner)!.Value;
        (start, stop) = (start < 0 ? start + length : start, stop < 0 ? stop + length : stop);
        var at = 0;
        foreach (var item in Iteration.Over(owner))
        {
            Meter.Step();
            if (at >= start && at < stop && KeyComparer.Same(item, value))
            {
                return at;
            }

            at++;
        }

        throw JinjaException.Value($"{Printing.Repr(value)} is not in {Kinds.Name(owner)}");
    }
}
