using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Queries, keys and values of one layer, from three projections or from one.</summary>
internal sealed class Projections
{
    private readonly DecoderOptions _options;
    private readonly Linear[] _separate = [];
    private readonly Linear? _fused;

    /// <summary>Makes them without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="register">Gives each its name.</param>
    /// <param name="at">Where.</param>
    public Projections(DecoderOptions options, Action<string, Linear> register, Placement at)
    {
        _options = options;
        var queries = options.Heads * options.HeadSize;
        var keys = options.KeyValueHeads * options.HeadSize;
        Linear New(string name, int outputs)
        {
            var made = new Linear(options.HiddenSize, outputs, options.QueryKeyValueBias, at, options.Transposed);
            register(name, made);
            return made;
        }

        if (options.Names.QueryKeyValue is { } name)
        {
            _fused = New(name, queries + 2 * keys);
        }
        else
        {
            _separate =
            [
                New(options.Names.Query, queries),
                New(options.Names.Key, keys),
                New(options.Names.Value, keys),
            ];
        }
    }

    /// <summary><c>[tokens, hidden]</c> to three times <c>[tokens, heads, head size]</c>.</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Forward(Operand x)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = _fused is null
            ? (Projected(_separate[0], x), Projected(_separate[1], x), Projected(_separate[2], x))
            : Parted(Projected(_fused, x));
        return (
            Heads(query, _options.Heads).MoveToOuterDisposeScope(),
            Heads(key, _options.KeyValueHeads).MoveToOuterDisposeScope(),
            Heads(value, _options.KeyValueHeads).MoveToOuterDisposeScope()
        );
    }

    private Tensor Projected(Linear linear, Operand x)
    {
        var y = linear.Forward(x);
        return _options.ProjectionClip is { } clip ? y.clamp(-clip, clip) : y;
    }

    private (Tensor Query, Tensor Key, Tensor Value) Parted(Tensor all)
    {
        var groups = _options.KeyValueHeads;
        var (queries, keys) = (_options.Heads * _options.HeadSize, groups * _options.HeadSize);
        if (_options.Fused == FusedLayout.Blocks)
        {
            return (all.narrow(1, 0, queries), all.narrow(1, queries, keys), all.narrow(1, queries + keys, keys));
        }

        var heads = _options.Heads / groups;
        var grouped = all.view(-1, groups, heads + 2, _options.HeadSize);
        return (grouped.narrow(2, 0, heads), grouped.narrow(2, heads, 1), grouped.narrow(2, heads + 1, 1));
    }

    private Tensor Heads(Tensor flat, int heads) => flat.reshape(flat.shape[0], heads, _options.HeadSize);
}
