using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// T5's relative positions (Raffel et al. 2020): near distances have a bucket each, far ones share buckets that widen as
/// a logarithm; a learned number for each bucket and head is added to the scores.
/// </summary>
/// <param name="Buckets">How many.</param>
/// <param name="MaxDistance">From here on all distances share the last bucket.</param>
/// <param name="Both">Whether keys after the query have buckets of their own (the encoder).</param>
public sealed record RelativePositions(int Buckets, int MaxDistance, bool Both)
{
    /// <summary>What is added to the scores: <c>[1, heads, queries, keys]</c>; the queries are the last of the keys.</summary>
    /// <param name="table">The learned numbers, <c>[buckets, heads]</c>.</param>
    /// <param name="queries">How many.</param>
    /// <param name="keys">How many.</param>
    public Tensor Bias(Embedding table, int queries, int keys)
    {
        using var scope = NewDisposeScope();
        var device = table.Weight.device;
        var buckets = new long[queries * keys];
        for (var q = 0; q < queries; q++)
        {
            for (var k = 0; k < keys; k++)
            {
                buckets[q * keys + k] = Bucket(k - (keys - queries + q));
            }
        }

        var bias = table.Forward(tensor(buckets, device: device)).view(queries, keys, -1).permute(2, 0, 1);
        if (!Both)
        {
            var seen = ones([queries, keys], ScalarType.Bool, device).tril(keys - queries);
            bias = bias.masked_fill(seen.logical_not(), double.NegativeInfinity);
        }

        return bias.unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>The bucket of a key so far after the query (before it, where negative).</summary>
    internal int Bucket(int distance)
    {
        var (count, first) = Both ? (Buckets / 2, distance > 0 ? Buckets / 2 : 0) : (Buckets, 0);
        var far = Both ? Math.Abs(distance) : Math.Max(-distance, 0);
        var exact = count / 2;
        if (far < exact)
        {
            return first + far;
        }

        // In float32, as the reference rounds at a bucket's edge.
        var share = MathF.Log((float)far / exact) / (float)Math.Log((double)MaxDistance / exact);
        return first + Math.Min(exact + (int)(share * (count - exact)), count - 1);
    }
}
