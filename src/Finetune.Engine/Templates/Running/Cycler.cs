using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Running;

/// <summary>What cycler() gives.</summary>
internal sealed class Cycler(IReadOnlyList<object> items) : INamedKind, IMembers
{
    private int _at;

    public string Kind => "Cycler";

    public object? Member(string name) =>
        name switch
        {
            "current" => items[_at],
            "next" => new Function(new Signature(name, ""), _ => Next()),
            "reset" => new Function(
                new Signature(name, ""),
                _ =>
                {
                    _at = 0;
                    return None.Value;
                }
            ),
            "items" => new PyTuple([.. items]),
            "pos" => (System.Numerics.BigInteger)_at,
            _ => null,
        };

    private object Next()
    {
        var current = items[_at];
        _at = (_at + 1) % items.Count;
        return current;
    }
}

/// <summary>What joiner() gives: nothing the first time, the separator from then on.</summary>
internal sealed class Joiner(string separator) : Callable
{
    private bool _isUsed;

    public override string Kind => "Joiner";

    public override object Call(CallArguments arguments)
    {
        var text = _isUsed ? separator : "";
        _isUsed = true;
        return text;
    }
}
