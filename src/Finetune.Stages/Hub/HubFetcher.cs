using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Stages.Hub;

/// <summary>Brings files of the Hub into the cache. The only code that reaches the network.</summary>
public sealed class HubFetcher : IDisposable
{
    private const int AtOnce = 4;
    private readonly HubEnvironment _environment;
    private readonly HubHttp _http;
    private readonly HubApi _api;
    private readonly HubCache _cache;
    private readonly HubDownload _download;
    private readonly Func<string, long> _freeSpace;

    /// <summary>A fetcher.</summary>
    /// <param name="environment">Server, cache and token.</param>
    /// <param name="clock">Waits.</param>
    /// <param name="freeSpace">Free bytes on the disk of a folder; the disk's own by default.</param>
    public HubFetcher(HubEnvironment environment, TimeProvider clock, Func<string, long>? freeSpace = null)
    {
        _environment = environment;
        _http = new HubHttp(environment, clock);
        _api = new HubApi(_http);
        _cache = new HubCache(environment.CacheFolder);
        _download = new HubDownload(_http, _cache);
        _freeSpace = freeSpace ?? (folder => new DriveInfo(folder).AvailableFreeSpace);
    }

    /// <summary>Fetches what is wanted and not here.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="pins">What revisions are pinned to; decides the commit, is not written.</param>
    /// <param name="progress">Told of mebibytes.</param>
    /// <param name="cancellationToken">Ends it; what came is kept.</param>
    /// <exception cref="PipelineException">It cannot be had.</exception>
    public async Task<HubSnapshot> FetchAsync(
        HubWish wish,
        HubLock pins,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken
    )
    {
        var pinned = pins.CommitOf(wish.Reference);
        if (_environment.Offline)
        {
            return Agreeing(
                pins,
                wish,
                HubShelf.Cached(_cache, wish, pinned) ?? throw HubErrors.NotHere(wish.Reference)
            );
        }

        progress.Report(new StageProgress($"asking {_http.Server.Authority}"));
        var listing = await _api.ListAsync(wish.Reference, pinned, cancellationToken);
        var names = HubSelection.Of(wish, listing.Names);
        try
        {
            var files = await FilesAsync(pins, wish, listing, names, progress, cancellationToken);
            _cache.Remember(wish.Reference, listing.Commit);
            return new HubSnapshot(
                wish.Reference,
                listing.Commit,
                _cache.Snapshot(wish.Reference, listing.Commit),
                files.ToDictionary(f => f.Path, f => f.Hash, StringComparer.Ordinal)
            );
        }
        catch (Exception e) when (e is IOException and not HttpIOException or UnauthorizedAccessException)
        {
            throw HubErrors.Unwritable(_cache.Folder, e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<HubFile>> FilesAsync(
        HubLock pins,
        HubWish wish,
        HubListing listing,
        IReadOnlyList<string> names,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken
    )
    {
        var files = await AskAsync(pins, wish, listing.Commit, names, cancellationToken);
        if (files.FirstOrDefault(f => f.Path == HubSelection.Index) is { } index)
        {
            // Which shards there are stands in the index.
            await BringAsync(wish.Reference, listing.Commit, [index], new Progress<StageProgress>(), cancellationToken);
            var shards = Shards(wish.Reference, listing);
            files = [.. files, .. await AskAsync(pins, wish, listing.Commit, shards, cancellationToken)];
        }

        await BringAsync(wish.Reference, listing.Commit, files, progress, cancellationToken);
        return files;
    }

    private IReadOnlyList<string> Shards(HubReference reference, HubListing listing)
    {
        var shards = HubSelection.Shards(Path.Combine(_cache.Snapshot(reference, listing.Commit), HubSelection.Index));
        var odd = shards?.FirstOrDefault(s =>
            !listing.Names.Contains(s, StringComparer.Ordinal) || !s.EndsWith(".safetensors", StringComparison.Ordinal)
        );
        return shards is { Count: > 0 } && odd is null
            ? shards
            : throw HubErrors.Error(
                HubErrors.Lacking,
                odd is null
                    ? $"{reference.Name}: '{HubSelection.Index}' has no readable weight_map"
                    : $"{reference.Name}: '{HubSelection.Index}' names '{odd}', which is no safetensors file of the repository"
            );
    }

    private async Task<IReadOnlyList<HubFile>> AskAsync(
        HubLock pins,
        HubWish wish,
        string commit,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken
    )
    {
        var files = new HubFile[names.Count];
        await Parallel.ForAsync(
            0,
            names.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) => files[i] = await _api.FileAsync(wish.Reference, commit, names[i], token)
        );
        foreach (var file in files)
        {
            Agree(pins, wish, commit, file.Path, file.Hash);
        }

        return files;
    }

    private async Task BringAsync(
        HubReference reference,
        string commit,
        IReadOnlyList<HubFile> files,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken
    )
    {
        var here = files.Select(f => _download.Here(reference, f)).ToArray();
        var total = files.Sum(f => f.Size);
        if (here.Sum() < total)
        {
            _cache.Create();
            CheckSpace(reference, total - here.Sum());
        }

        var shown = new HubProgress(here, total, progress);
        await Parallel.ForAsync(
            0,
            files.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                await _download.RunAsync(
                    reference,
                    files[i],
                    _api.Address(reference, commit, files[i].Path),
                    bytes => shown.Report(i, bytes),
                    token
                );
                _cache.Link(reference, commit, files[i]);
            }
        );
    }

    private void CheckSpace(HubReference reference, long needed)
    {
        if (_freeSpace(_cache.Folder) is var free && free < needed)
        {
            throw HubErrors.Full(reference, needed, free, _cache.Folder);
        }
    }

    private static HubSnapshot Agreeing(HubLock pins, HubWish wish, HubSnapshot snapshot)
    {
        foreach (var (path, hash) in snapshot.Files)
        {
            Agree(pins, wish, snapshot.Commit, path, hash);
        }

        return snapshot;
    }

    // A commit's files never change: other hashes for the same commit are somebody's lie or damage.
    private static void Agree(HubLock pins, HubWish wish, string commit, string path, string hash)
    {
        if (
            pins.Find(wish) is { } pin
            && pin.Commit == commit
            && pin.Files.TryGetValue(path, out var pinned)
            && pinned != hash
            && pinned.Length == hash.Length
        )
        {
            throw HubErrors.Error(
                HubErrors.WrongBytes,
                $"{wish.Reference.Name}: '{path}' of commit {commit} has the hash {hash}, {HubLock.FileName} says {pinned}",
                "somebody changed the file or the lock: restore the lock, or look at the repository before 'fetch --update'"
            );
        }
    }
}
