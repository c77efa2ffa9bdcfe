using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// What products read: values, and, where to make them again takes less than their memory is worth, how. Products then keep
/// what the values are made of, which is kept for its own gradient anyway; the first that wants them on the way back makes
/// them again, by the same operations on the same numbers, and the last frees them.
/// </summary>
public sealed class Operand
{
    private readonly Func<IReadOnlyList<Tensor>, Tensor>? _make;
    private readonly IReadOnlyList<Tensor> _from;
    private Tensor[] _kept = [];
    private Tensor? _again;
    private int _readers;

    private Operand(Tensor values, Func<IReadOnlyList<Tensor>, Tensor>? make, IReadOnlyList<Tensor> from)
    {
        Values = values;
        (_make, _from) = (make, from);
    }

    /// <summary><c>[n, width]</c>; owned by the scope in which they were made.</summary>
    public Tensor Values { get; }

    /// <summary>Of values that are kept where a gradient needs them.</summary>
    /// <param name="values"><c>[n, width]</c>.</param>
    public static Operand Of(Tensor values) => new(values, null, [values]);

    /// <summary>Of values that are made again.</summary>
    /// <param name="make">Makes them; whatever it reads but for parameters is in <paramref name="from"/>.</param>
    /// <param name="from">What they are made of.</param>
    public static Operand Made(Func<IReadOnlyList<Tensor>, Tensor> make, params Tensor[] from)
    {
        ArgumentNullException.ThrowIfNull(make);
        var values = make(from);
        // Without a graph nothing keeps what they are made of.
        return values.requires_grad ? new Operand(values, make, from) : Of(values);
    }

    /// <summary>On the way forth: a product will want the values for its gradient.</summary>
    internal void Keep()
    {
        if (_readers++ == 0)
        {
            _kept = [.. _from.Select(tensor => tensor.detach().DetachFromDisposeScope())];
        }
    }

    /// <summary>On the way back: the values, until the last that wanted them has <see cref="Leave">left</see>.</summary>
    internal Tensor Again() => _make is null ? _kept[0] : _again ??= _make(_kept).DetachFromDisposeScope();

    /// <summary>Takes <see cref="Keep"/> back.</summary>
    internal void Leave()
    {
        if (--_readers > 0)
        {
            return;
        }

        foreach (var tensor in _kept)
        {
            tensor.Dispose();
        }

        _again?.Dispose();
        (_kept, _again) = ([], null);
    }
}
