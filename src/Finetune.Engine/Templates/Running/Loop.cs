using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Running;

/// <summary>The variable <c>loop</c>.</summary>
internal sealed class Loop(int? length, IEnumerable<object> items, int depth, Func<object, string>? recurse)
    : Callable,
        IMembers,
        ISized
{
    private IEnumerator<object> _items = items.GetEnumerator();
    private int? _length = length;
    private object? _before;
    private object? _current;
    private object? _after;
    private PyTuple? _changed;
    private int _index = -1;

    public override string Kind => "LoopContext";

    public int Count
    {
        get
        {
            if (_length is null)
            {
                List<object> rest = [];
                while (_items.MoveNext())
                {
                    Meter.AllocateItems(1);
                    rest.Add(_items.Current);
                }

                _length = rest.Count + _index + 1 + (_after is null ? 0 : 1);
                _items = ((IEnumerable<object>)rest).GetEnumerator();
            }

            return _length.Value;
        }
    }

    public bool Advance([NotNullWhen(true)] out object? item)
    {
        item = Peek();
        _after = null;
        if (item is null)
        {
            return false;
        }

        _index++;
        _before = _current;
        _current = item;
        return true;
    }

    public override object Call(CallArguments arguments) =>
        recurse is null
            ? throw JinjaException.Type("The loop must have the 'recursive' marker to be called recursively.")
            : recurse(new Signature("loop", "iterable").Bind(arguments)[0]!);

    public object? Member(string name) =>
        name switch
        {
            "index" => (BigInteger)(_index + 1),
            "index0" => (BigInteger)_index,
            "revindex" => (BigInteger)(Count - _index),
            "revindex0" => (BigInteger)(Count - _index - 1),
            "first" => _index == 0,
            "last" => Peek() is null,
            "length" => (BigInteger)Count,
            "depth" => (BigInteger)(depth + 1),
            "depth0" => (BigInteger)depth,
            "previtem" => _index == 0 ? Undefined.Hint("there is no previous item") : _before,
            "nextitem" => Peek() ?? Undefined.Hint("there is no next item"),
            "cycle" => new Function(
                new Signature("cycle", "*args"),
                call =>
                    call.More.Count == 0
                        ? throw JinjaException.Type("no items for cycling given")
                        : call.More[_index % call.More.Count]
            ),
            "changed" => new Function(new Signature("changed", "*args"), call => Changed(new PyTuple([.. call.More]))),
            _ => null,
        };

    public override string ToString() => $"<LoopContext {_index + 1}/{Count}>";

    private object? Peek() => _after ??= _items.MoveNext() ? _items.Current : null;

    private bool Changed(PyTuple values)
    {
        if (_changed is not null && KeyComparer.Same(_changed, values))
        {
            return false;
        }

        _changed = values;
        return true;
    }
}
