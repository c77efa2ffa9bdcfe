using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Running;

/// <summary>What every template can call: Jinja's own and what Transformers adds.</summary>
internal sealed class Globals(DateTime now)
{
    public object? Find(string name) =>
        name switch
        {
            "range" => new Function(new Signature("range", "start stop? step? /"), Range),
            "dict" => new Function(new Signature("dict", "mapping? / **kwargs"), call => Dict(call)),
            "namespace" => new Function(
                new Signature("namespace", "mapping? / **kwargs"),
                call => new Namespace(Dict(call))
            ),
            "cycler" => new Function(
                new Signature("cycler", "*args"),
                call =>
                    call.More.Count > 0
                        ? new Cycler(call.More)
                        : throw new JinjaException("RuntimeError", "at least one item has to be provided")
            ),
            "joiner" => new Function(new Signature("joiner", "sep?"), call => new Joiner(call.Text(0, ", "))),
            "lipsum" => new Function(
                new Signature("lipsum", "*args **kwargs"),
                _ => throw new JinjaException("TemplateRuntimeError", "lipsum gives another text each time")
            ),
            "raise_exception" => new Function(
                new Signature("raise_exception", "message"),
                call => throw new JinjaException(JinjaException.Raised, Printing.Str(call[0]!))
            ),
            "strftime_now" => new Function(
                new Signature("strftime_now", "format"),
                call => Strftime.Format(now, call.Text(0))
            ),
            _ => null,
        };

    private static PyRange Range(Bound call)
    {
        var first = Whole(call[0]!);
        return call[1] is null
            ? new PyRange(0, first, 1)
            : new PyRange(first, Whole(call[1]!), call[2] is null ? 1 : Whole(call[2]!));
    }

    private static BigInteger Whole(object value) =>
        Kinds.Whole(value)
        ?? throw (
            value is Undefined missing
                ? missing.Fail()
                : JinjaException.Type($"'{Kinds.Name(value)}' object cannot be interpreted as an integer")
        );

    private static PyDict Dict(Bound call)
    {
        var dict = call[0] is PyDict mapping ? mapping.Copy() : new PyDict();
        if (call[0] is not (null or PyDict))
        {
            foreach (var pair in Iteration.Over(call[0]!))
            {
                if (Iteration.Over(pair).Take(3).ToList() is not [var key, var value])
                {
                    throw JinjaException.Value("dictionary update sequence element has another length; 2 is required");
                }

                dict.Set(key, value);
            }
        }

        foreach (var (name, value) in call.Named)
        {
            dict.Set(name, value);
        }

        return dict;
    }
}
