using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Runs whole sequences again whose caches were made by other rotary frequencies than their new length asks for, as
/// Phi-3's longrope does when a sequence outgrows its first length (or is cut back below it).
/// </summary>
internal sealed class CacheRenewal
{
    private readonly IReadOnlyList<int> _asked;

    private CacheRenewal(Batch batch, IReadOnlyList<int> asked)
    {
        Batch = batch;
        _asked = asked;
    }

    /// <summary>What has to run: whole sequences where the cache is of no use, new tokens elsewhere.</summary>
    public Batch Batch { get; }

    /// <summary>Looks at each cache, empties those of no use, and remembers the new tokens.</summary>
    /// <returns>Null where every cache can be used.</returns>
    public static CacheRenewal? Of(Batch batch, IReadOnlyList<KeyValueCache> caches, RotaryTables rotary)
    {
        var ids = batch.InputIds.cpu().data<long>().ToArray();
        var documents = new ReadOnlyMemory<int>[caches.Count];
        var starts = new int[caches.Count];
        var renewed = false;
        var at = 0;
        for (var d = 0; d < caches.Count; d++)
        {
            var cache = caches[d];
            var fresh = ids.AsSpan(at, batch.Lengths[d]);
            at += fresh.Length;
            starts[d] = cache.Length;
            var stale = cache.Length > 0 && rotary.Outgrown(cache.MadeFor, cache.Length + fresh.Length);
            long[] run = stale ? [.. cache.Ids, .. fresh] : fresh.ToArray();
            if (stale)
            {
                cache.Truncate(0);
                starts[d] = 0;
                renewed = true;
            }

            cache.Remember(run);
            documents[d] = Array.ConvertAll(run, id => (int)id);
        }

        return renewed ? new CacheRenewal(Batch.Of(documents, batch.InputIds.device, starts), batch.Lengths) : null;
    }

    /// <summary>The rows that were asked for: each sequence's last.</summary>
    /// <param name="rows"><c>[tokens, hidden]</c> of <see cref="Batch"/>.</param>
    public Tensor Pick(Tensor rows)
    {
        var places = new List<long>();
        var end = 0L;
        for (var d = 0; d < _asked.Count; d++)
        {
            end += Batch.Lengths[d];
            places.AddRange(Enumerable.Range(0, _asked[d]).Select(i => end - _asked[d] + i));
        }

        return rows.index_select(0, tensor(places.ToArray(), device: rows.device));
    }
}
