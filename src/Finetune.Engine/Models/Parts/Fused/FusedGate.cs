using System.Numerics;
using System.Runtime.CompilerServices;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// <c>act(gate) * up</c> in one pass over memory, forth and back; gate and up alone are kept.
/// </summary>
/// <param name="activation">One that <see cref="Knows"/>.</param>
internal sealed unsafe class FusedGate(Activation activation) : Operation
{
    private Tensor _gate = null!;
    private Tensor _up = null!;

    /// <summary>Whether there is a kernel of an activation.</summary>
    public static bool Knows(Activation activation) => activation is Activation.Silu or Activation.GeluTanh;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        (_gate, _up) = (Keep(inputs[0]), Keep(inputs[1]));
        var result = empty(_gate.shape, _gate.dtype);
        Each(new Rows(_gate), new Rows(_up), new Rows(result), new Rows(result), new Rows(result), backwards: false);
        return result;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        var ofGate = empty(_gate.shape, _gate.dtype);
        var ofUp = empty(_up.shape, _up.dtype);
        var given = gradient.stride(-1) == 1 ? gradient : gradient.contiguous();
        Each(new Rows(_gate), new Rows(_up), new Rows(given), new Rows(ofGate), new Rows(ofUp), backwards: true);
        return [ofGate, ofUp];
    }

    private void Each(Rows gate, Rows up, Rows gradient, Rows first, Rows second, bool backwards)
    {
        switch (activation, gate.Type)
        {
            case (Activation.Silu, ScalarType.Float32):
                Each<Silu, Float32Numbers>(gate, up, gradient, first, second, backwards);
                break;
            case (Activation.Silu, _):
                Each<Silu, BFloat16Numbers>(gate, up, gradient, first, second, backwards);
                break;
            case (_, ScalarType.Float32):
                Each<GeluTanh, Float32Numbers>(gate, up, gradient, first, second, backwards);
                break;
            default:
                Each<GeluTanh, BFloat16Numbers>(gate, up, gradient, first, second, backwards);
                break;
        }
    }

    private static void Each<TCurve, TNumbers>(
        Rows gate,
        Rows up,
        Rows gradient,
        Rows first,
        Rows second,
        bool backwards
    )
        where TCurve : struct, ICurve
        where TNumbers : struct, INumbers =>
        Team.Run(
            gate.Count,
            gate.Width,
            (from, to) =>
            {
                for (var row = from; row < to; row++)
                {
                    if (backwards)
                    {
                        Back<TCurve, TNumbers>(gate[row], up[row], gradient[row], first[row], second[row], gate.Width);
                    }
                    else
                    {
                        Forth<TCurve, TNumbers>(gate[row], up[row], first[row], gate.Width);
                    }
                }
            }
        );

    private static void Forth<TCurve, TNumbers>(byte* gate, byte* up, byte* result, int width)
        where TCurve : struct, ICurve
        where TNumbers : struct, INumbers
    {
        var block = 2 * Vector<float>.Count;
        var i = 0;
        for (; i <= width - block; i += block)
        {
            var (a, b) = TNumbers.Load(gate, i);
            var (ua, ub) = TNumbers.Load(up, i);
            var (ya, yb) = (TCurve.Of(a).Value, TCurve.Of(b).Value);
            TNumbers.Store(result, i, TNumbers.Round(ya) * ua, TNumbers.Round(yb) * ub);
        }

        for (; i < width; i++)
        {
            var value = TCurve.Of(new Vector<float>(TNumbers.Get(gate, i))).Value[0];
            TNumbers.Set(result, i, TNumbers.Round(value) * TNumbers.Get(up, i));
        }
    }

    private static void Back<TCurve, TNumbers>(byte* gate, byte* up, byte* given, byte* ofGate, byte* ofUp, int width)
        where TCurve : struct, ICurve
        where TNumbers : struct, INumbers
    {
        var block = 2 * Vector<float>.Count;
        var i = 0;
        for (; i <= width - block; i += block)
        {
            var (a, b) = TNumbers.Load(gate, i);
            var (ua, ub) = TNumbers.Load(up, i);
            var (ga, gb) = TNumbers.Load(given, i);
            var (first, second) = (TCurve.Of(a), TCurve.Of(b));
            TNumbers.Store(ofGate, i, ga * ua * first.Share * first.Bend, gb * ub * second.Share * second.Bend);
            TNumbers.Store(ofUp, i, ga * first.Value, gb * second.Value);
        }

        for (; i < width; i++)
        {
            var curve = TCurve.Of(new Vector<float>(TNumbers.Get(gate, i)));
            var gradient = TNumbers.Get(given, i);
            TNumbers.Set(ofGate, i, gradient * TNumbers.Get(up, i) * curve.Share[0] * curve.Bend[0]);
            TNumbers.Set(ofUp, i, gradient * curve.Value[0]);
        }
    }

    // A function's value, and its slope as two factors.
    private interface ICurve
    {
        static abstract (Vector<float> Value, Vector<float> Share, Vector<float> Bend) Of(Vector<float> x);
    }

    // x s(x), s the logistic function; slope s (1 + x (1 - s)). Rounded in ATen's order.
    private readonly struct Silu : ICurve
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector<float> Value, Vector<float> Share, Vector<float> Bend) Of(Vector<float> x)
        {
            var below = Vector<float>.One + Exponential.Of(-x);
            var s = Vector<float>.One / below;
            return (x / below, s, Vector<float>.One + x * (Vector<float>.One - s));
        }
    }

    // x (1 + tanh(z)) / 2, z = sqrt(2 / pi) (x + 0.044715 x^3), which is x s(2 z) (Hendrycks and Gimpel 2016).
    private readonly struct GeluTanh : ICurve
    {
        private const float Root = 0.7978845608f;
        private const float Cubic = 0.044715f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector<float> Value, Vector<float> Share, Vector<float> Bend) Of(Vector<float> x)
        {
            var square = x * x;
            var twice = 2 * Root * x * (Vector<float>.One + Cubic * square);
            var s = Vector<float>.One / (Vector<float>.One + Exponential.Of(-twice));
            var steep = 2 * Root * (Vector<float>.One + 3 * Cubic * square);
            return (x * s, s, Vector<float>.One + x * (Vector<float>.One - s) * steep);
        }
    }

    // A matrix whose rows may lie apart, such as one half of a joint projection.
    private readonly struct Rows
    {
        private readonly byte* _start;
        private readonly long _stride;

        public Rows(Tensor matrix)
        {
            _start = TensorMemory.Of(matrix);
            _stride = matrix.stride(0) * matrix.element_size();
            (Count, Width, Type) = (matrix.shape[0], (int)matrix.shape[1], matrix.dtype);
        }

        public long Count { get; }

        public int Width { get; }

        public ScalarType Type { get; }

        public byte* this[long row] => _start + row * _stride;
    }
}
