using System.Numerics;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>How fast this process reads memory: what a share of bandwidth is a share of.</summary>
internal static class Bandwidth
{
    private const int Values = 64 << 20;
    private const int Tries = 6;

    /// <summary>GB/s of the best of some reads of a large array, by as many threads as libtorch uses.</summary>
    public static double Read()
    {
        var array = GC.AllocateUninitializedArray<float>(Values);
        Array.Fill(array, 1);
        var best = double.MaxValue;
        var sums = new float[get_num_threads()];
        for (var i = 0; i < Tries; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            Parallel.For(0, sums.Length, part => sums[part] = Sum(array, part, sums.Length));
            best = Math.Min(best, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        return sums.Sum() > 0 ? (double)Values * sizeof(float) / best / 1e9 : 0;
    }

    private static float Sum(float[] array, int part, int parts)
    {
        var lane = Vector<float>.Count;
        var (from, to) = ((int)((long)Values * part / parts), (int)((long)Values * (part + 1) / parts));
        Vector<float> a = default,
            b = default,
            c = default,
            d = default;
        for (var i = from; i <= to - 4 * lane; i += 4 * lane)
        {
            a += new Vector<float>(array, i);
            b += new Vector<float>(array, i + lane);
            c += new Vector<float>(array, i + 2 * lane);
            d += new Vector<float>(array, i + 3 * lane);
        }

        return Vector.Sum(a + b + c + d);
    }
}
