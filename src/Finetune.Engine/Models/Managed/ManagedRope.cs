using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Managed;

/// <summary>Turns heads by their position; cosines and sines are kept for as many positions as were asked for.</summary>
internal sealed unsafe class ManagedRope
{
    private readonly RopeOptions _rope;
    private readonly float[] _frequencies;
    private float[] _cos = [];
    private float[] _sin = [];
    private int _made;

    /// <summary>Of settings that no sequence's length changes.</summary>
    public ManagedRope(RopeOptions rope)
    {
        _rope = rope;
        using var frequencies = RopeFrequencies.Of(rope, 0).to(ScalarType.Float32).contiguous();
        _frequencies = frequencies.data<float>().ToArray();
    }

    /// <summary>Makes the tables long enough.</summary>
    /// <param name="positions">One more than the last position.</param>
    public void Reach(int positions)
    {
        if (positions <= _made)
        {
            return;
        }

        var half = _frequencies.Length;
        var count = Math.Max(positions, Math.Max(64, 2 * _made));
        Array.Resize(ref _cos, count * half);
        Array.Resize(ref _sin, count * half);
        for (var position = _made; position < count; position++)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = position * _frequencies[i];
                _cos[position * half + i] = MathF.Cos(angle) * (float)_rope.AttentionFactor;
                _sin[position * half + i] = MathF.Sin(angle) * (float)_rope.AttentionFactor;
            }
        }

        _made = count;
    }

    /// <summary>Turns the leading values of each head of a row in place.</summary>
    /// <param name="heads"><c>[heads, size]</c>.</param>
    /// <param name="count">How many heads.</param>
    /// <param name="size">Width of a head.</param>
    /// <param name="position">The row's.</param>
    public void Run(float* heads, int count, int size, int position)
    {
        var half = _frequencies.Length;
        var cos = _cos.AsSpan(position * half, half);
        var sin = _sin.AsSpan(position * half, half);

        // A pair is two neighbours, or values half the turning width apart.
        var (step, apart) = _rope.Interleaved ? (2, 1) : (1, half);
        for (var head = 0; head < count; head++, heads += size)
        {
            for (var i = 0; i < half; i++)
            {
                ref var first = ref heads[i * step];
                ref var second = ref heads[i * step + apart];
                (first, second) = (first * cos[i] - second * sin[i], second * cos[i] + first * sin[i]);
            }
        }
    }
}
