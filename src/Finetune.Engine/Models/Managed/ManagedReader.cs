using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Managed;

/// <summary>Finds a decoder's parts by their checkpoint names and reads where their numbers lie.</summary>
internal sealed class ManagedReader
{
    private readonly DecoderOptions _options;
    private readonly Dictionary<string, nn.Module> _parts;
    private readonly Dictionary<RopeOptions, ManagedRope> _ropes = [];

    private ManagedReader(Decoder model)
    {
        _options = model.Options;
        _parts = model.named_modules().ToDictionary(p => p.name, p => p.module, StringComparer.Ordinal);
    }

    /// <summary>The decoder, or null where its shape, its numbers or its device are others than the managed path's.</summary>
    public static ManagedDecoder? Read(CausalModel model, int threads) =>
        model is Decoder decoder && IsShape(decoder.Options) && IsPlain(decoder)
            ? new ManagedReader(decoder).Read(decoder, threads)
            : null;

    private static bool IsShape(DecoderOptions o) =>
        o.Names is { Positions: null, EmbeddingNorm: null }
        && o is { Alibi: AlibiKind.None, Experts: null, ProjectionClip: null, Parallel: false, Transposed: false }
        && o
            is {
                ScaleByInverseLayer: false,
                QueryKeyNorm: QueryKeyNorm.None or QueryKeyNorm.Head or QueryKeyNorm.Whole
            }
        && (o.Names.QueryKeyValue is null || o.Fused == FusedLayout.Blocks)
        && ManagedActivation.Knows(o.Activation)
        && Enumerable.Range(0, o.Layers).All(layer => o.RopeOf(layer) is not { ByLength: true });

    // An adapter of a fused projection adds to all of its parts at once, and DoRA turns the whole weight.
    private static bool IsPlain(Decoder model) =>
        model
            .modules()
            .OfType<Linear>()
            .All(linear =>
                !linear.IsFrozen
                && (
                    linear.Adapter is null
                    || (
                        linear.Adapter.Magnitude is null && model.Options.Names is { QueryKeyValue: null, GateUp: null }
                    )
                )
            ) && model.parameters().All(TensorMemory.IsPlain);

    private ManagedDecoder Read(Decoder model, int threads)
    {
        var names = _options.Names;
        var head = _options.Tied ? null : (Linear)_parts[names.Head];
        return new ManagedDecoder(
            model,
            new ManagedLinear(((Embedding)_parts[Path(names.Body, names.Embedding)]).Weight, null),
            [.. Enumerable.Range(0, _options.Layers).Select(Layer)],
            Norm(Path(names.Body, names.Norm))!,
            head is null ? new ManagedLinear(model.HeadWeight, null) : ManagedLinear.Of(head),
            [.. _ropes.Values],
            threads
        );
    }

    private ManagedLayer Layer(int index)
    {
        var names = _options.Names;
        var layer = $"{Path(names.Body, names.Layers)}.{index}";
        string In(string part, string name) => Path(Path(layer, part), name);
        var (query, key, value) = Projections(name => In(names.Attention, name));
        var (gate, up) = GateAndUp(name => In(names.Mlp, name));
        var normed = _options.QueryKeyNorm != QueryKeyNorm.None;
        return new ManagedLayer(
            index,
            Optional(layer, names.BeforeAttention),
            query,
            key,
            value,
            normed ? Norm(In(names.Attention, names.QueryNorm)) : null,
            normed ? Norm(In(names.Attention, names.KeyNorm)) : null,
            Rope(index),
            Of(In(names.Attention, names.Output)),
            Optional(layer, names.AfterAttention),
            Optional(layer, names.BeforeMlp),
            gate,
            up,
            Of(In(names.Mlp, names.Down)),
            Optional(layer, names.AfterMlp)
        )
        {
            Scale = (float)(_options.ScoreScale ?? 1 / Math.Sqrt(_options.HeadSize)),
            Cap = (float?)_options.ScoreCap,
            Window = _options.Windows.Count > index ? _options.Windows[index] : null,
            Activation = _options.Activation,
        };
    }

    private (ManagedLinear Query, ManagedLinear Key, ManagedLinear Value) Projections(Func<string, string> path)
    {
        var names = _options.Names;
        if (names.QueryKeyValue is not { } fused)
        {
            return (Of(path(names.Query)), Of(path(names.Key)), Of(path(names.Value)));
        }

        var all = Of(path(fused));
        var (queries, keys) = (_options.Heads * _options.HeadSize, _options.KeyValueHeads * _options.HeadSize);
        return (all.Part(0, queries), all.Part(queries, keys), all.Part(queries + keys, keys));
    }

    private (ManagedLinear? Gate, ManagedLinear Up) GateAndUp(Func<string, string> path)
    {
        var names = _options.Names;
        if (names.GateUp is not { } fused)
        {
            return (names.Gate is { } gate ? Of(path(gate)) : null, Of(path(names.Up)));
        }

        var both = Of(path(fused));
        var width = both.Outputs / 2;
        return (both.Part(0, width), both.Part(width, width));
    }

    private ManagedRope? Rope(int layer)
    {
        if (_options.RopeOf(layer) is not { } rope)
        {
            return null;
        }

        if (!_ropes.TryGetValue(rope, out var made))
        {
            _ropes.Add(rope, made = new ManagedRope(rope));
        }

        return made;
    }

    private ManagedLinear Of(string path) => ManagedLinear.Of((Linear)_parts[path]);

    private ManagedNorm? Optional(string layer, string? name) => name is null ? null : Norm(Path(layer, name));

    private ManagedNorm? Norm(string path) => ManagedNorm.Of((Norm)_parts[path], _options.NormEpsilon);

    private static string Path(string outer, string inner) =>
        outer.Length == 0 ? inner
        : inner.Length == 0 ? outer
        : $"{outer}.{inner}";
}
