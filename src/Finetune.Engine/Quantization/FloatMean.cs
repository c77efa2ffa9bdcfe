using System.Numerics;

namespace Finetune.Engine.Quantization;

/// <summary>
/// A mean in float32, summed in the order of PyTorch's processor kernel (<c>SumKernel.cpp</c>, eight lanes, one thread):
/// four vectors side by side, in a cascade of four levels, then the rest and the lanes one by one. Double quantisation
/// takes this mean off, and another last bit would show in blocks near it.
/// </summary>
internal static class FloatMean
{
    private const int Lanes = 8;
    private const int Rows = 4;
    private const int Width = Lanes * Rows;
    private const int Levels = 4;
    private const int LeastPower = 4;

    /// <summary>The mean; 0 of nothing.</summary>
    public static float Of(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return 0;
        }

        var vectors = values.Length / Lanes;
        var lanes = Cascade(values, vectors / Rows);
        for (var i = vectors / Rows * Rows; i < vectors; i++)
        {
            Add(lanes.AsSpan(0, Lanes), values.Slice(i * Lanes, Lanes));
        }

        for (var row = 1; row < Rows; row++)
        {
            Add(lanes.AsSpan(0, Lanes), lanes.AsSpan(row * Lanes, Lanes));
        }

        var sum = 0f;
        foreach (var value in values[(vectors * Lanes)..])
        {
            sum += value;
        }

        foreach (var lane in lanes.AsSpan(0, Lanes))
        {
            sum += lane;
        }

        return sum / values.Length;
    }

    private static float[] Cascade(ReadOnlySpan<float> values, int size)
    {
        var bits = size > 1 ? BitOperations.Log2((uint)(size - 1)) + 1 : 1;
        var power = Math.Max(LeastPower, bits / Levels);
        var step = 1 << power;
        var sums = new float[Levels][];
        for (var level = 0; level < Levels; level++)
        {
            sums[level] = new float[Width];
        }

        var i = 0;
        while (i + step <= size)
        {
            for (var end = i + step; i < end; i++)
            {
                Add(sums[0], values.Slice(i * Width, Width));
            }

            for (var level = 1; level < Levels; level++)
            {
                Add(sums[level], sums[level - 1]);
                Array.Clear(sums[level - 1]);
                if ((i & ((step - 1) << (level * power))) != 0)
                {
                    break;
                }
            }
        }

        for (; i < size; i++)
        {
            Add(sums[0], values.Slice(i * Width, Width));
        }

        for (var level = 1; level < Levels; level++)
        {
            Add(sums[0], sums[level]);
        }

        return sums[0];
    }

    private static void Add(Span<float> sums, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += values[i];
        }
    }
}
