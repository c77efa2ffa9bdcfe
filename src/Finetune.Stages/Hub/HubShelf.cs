namespace Finetune.Stages.Hub;

/// <summary>What of the Hub is on this machine. Never reaches the network.</summary>
/// <param name="cache">The cache.</param>
/// <param name="pins">What revisions are pinned to.</param>
public sealed class HubShelf(HubCache cache, HubLock pins)
{
    private readonly List<HubWish> _asked = [];
    private readonly List<HubWish> _missing = [];

    /// <summary>All that was looked for, in the order of asking.</summary>
    public IReadOnlyList<HubWish> Asked => _asked;

    /// <summary>What was looked for and is not here, or not pinned, in the order of asking.</summary>
    public IReadOnlyList<HubWish> Missing => _missing;

    /// <summary>The pinned files of a wish; null (and noted as missing) where it is not pinned or not whole.</summary>
    public HubSnapshot? Find(HubWish wish)
    {
        Add(_asked, wish);

        if (pins.Find(wish) is { } pin)
        {
            var folder = cache.Snapshot(wish.Reference, pin.Commit);
            if (HubSelection.IsWhole(wish.Part, folder, [.. pin.Files.Keys]) && pin.Files.All(f => IsHere(folder, f)))
            {
                return new HubSnapshot(wish.Reference, pin.Commit, folder, pin.Files);
            }
        }

        Add(_missing, wish);
        return null;
    }

    /// <summary>What the cache has of a wish without asking the Hub: the commit that the revision was when it was last
    /// looked up, by whomever; null where that is not whole. Which tables of a dataset there are only the Hub
    /// knows, so all that are chosen among those here are taken.</summary>
    public static HubSnapshot? Cached(HubCache cache, HubWish wish, string? commit)
    {
        if ((commit ?? cache.CommitOf(wish.Reference)) is not { } found)
        {
            return null;
        }

        var folder = cache.Snapshot(wish.Reference, found);
        var names = HubCache.FilesIn(folder);
        IReadOnlyList<string> chosen =
            wish.Part == HubPart.Tables
                ? names.Count > 0
                    ? HubSelection.Of(wish, names)
                    : []
                : [.. names.Where(HubSelection.IsModelFile)];
        return HubSelection.IsWhole(wish.Part, folder, [.. chosen])
            ? new HubSnapshot(
                wish.Reference,
                found,
                folder,
                chosen.ToDictionary(n => n, n => HubCache.HashOf(Path.Combine(folder, n)), StringComparer.Ordinal)
            )
            : null;
    }

    private static void Add(List<HubWish> wishes, HubWish wish)
    {
        if (!wishes.Exists(w => w.LockName == wish.LockName && w.Part == wish.Part))
        {
            wishes.Add(wish);
        }
    }

    // A link says which blob it leads to; a copy is taken as it is, its bytes are in the keys of the steps.
    private static bool IsHere(string folder, KeyValuePair<string, string> file)
    {
        var path = Path.Combine(folder, file.Key);
        return File.Exists(path)
            && (new FileInfo(path).LinkTarget is not { } target || Path.GetFileName(target) == file.Value);
    }
}
