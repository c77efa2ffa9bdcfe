using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Execution;

/// <summary>What a store holds.</summary>
/// <param name="Results">Action results.</param>
/// <param name="Blobs">Files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Runs">Runs remembered.</param>
public sealed record StoreInfo(int Results, int Blobs, long Bytes, int Runs);

/// <summary>What a clean-up did, or would do.</summary>
/// <param name="Results">Action results removed.</param>
/// <param name="Blobs">Files removed.</param>
/// <param name="Bytes">Bytes freed.</param>
public sealed record CollectionResult(int Results, int Blobs, long Bytes);

/// <summary>Care for a store. Collecting takes the store for itself: while a run holds it, nothing is removed.</summary>
/// <param name="store">The store.</param>
/// <param name="clock">Tells ages.</param>
public sealed class CacheMaintenance(ArtifactStore store, TimeProvider clock)
{
    /// <summary>Collected down to this when a run ends, unless told otherwise.</summary>
    public const long DefaultBudget = 50L << 30;

    /// <summary>Counts.</summary>
    public StoreInfo Info()
    {
        var blobs = Files(store.Paths.Blobs).ToList();
        return new StoreInfo(
            Files(store.Paths.Results).Count(),
            blobs.Count,
            blobs.Sum(b => b.Length),
            Directory.Exists(store.Paths.Runs) ? Directory.GetDirectories(store.Paths.Runs).Length : 0
        );
    }

    /// <summary>Reads every byte; what is wrong, one text a fault.</summary>
    /// <param name="repair">Removes action results that are damaged, so that their steps run again.</param>
    public IReadOnlyList<string> Verify(bool repair)
    {
        var faults = new List<string>();
        foreach (var file in Files(store.Paths.Results))
        {
            var result = ActionResult.Read(File.ReadAllText(file.FullName));
            var fault = result is null
                ? "cannot be read"
                : result.Outputs.SelectMany(o => o.Files).Select(store.ByteFault).FirstOrDefault(f => f is not null);
            if (fault is null)
            {
                continue;
            }

            faults.Add($"{Path.GetFileNameWithoutExtension(file.Name)}: {fault}");
            if (repair)
            {
                file.Delete();
            }
        }

        return faults;
    }

    /// <summary>Takes the store for a run, shared with other runs; null while it is being collected.</summary>
    public FileStream? HoldForRun() => Lock(FileAccess.Read, FileShare.Read);

    /// <summary>Removes the results least recently used until the store fits; null while a run holds the store.</summary>
    /// <param name="maxBytes">Budget of the files; null for none.</param>
    /// <param name="maxAge">Older results go; null for no limit.</param>
    /// <param name="dryRun">Only says what would go.</param>
    /// <param name="keep">Keys whose results stay, whatever their size and age.</param>
    public CollectionResult? Collect(long? maxBytes, TimeSpan? maxAge, bool dryRun, IReadOnlySet<string>? keep = null)
    {
        using var held = Lock(FileAccess.ReadWrite, FileShare.None);
        if (held is null)
        {
            return null;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var kept = new List<(FileInfo File, ActionResult? Result)>();
        var gone = new List<(FileInfo File, ActionResult? Result)>();
        var live = new HashSet<string>(StringComparer.Ordinal);
        var bytes = 0L;
        foreach (var file in ByUse(keep))
        {
            var result = ActionResult.Read(File.ReadAllText(file.FullName));
            var files = result?.Outputs.SelectMany(o => o.Files).ToList() ?? [];
            var added = files.Where(f => !live.Contains(f.Digest)).DistinctBy(f => f.Digest).Sum(f => f.Size);
            var old = maxAge is { } age && now - file.LastWriteTimeUtc > age;
            var mayGo = result is null || keep?.Contains(result.Key) != true;
            if (mayGo && (result is null || old || bytes + added > (maxBytes ?? long.MaxValue)))
            {
                gone.Add((file, result));
                continue;
            }

            kept.Add((file, result));
            files.ForEach(f => live.Add(f.Digest));
            bytes += added;
        }

        var dead = Files(store.Paths.Blobs).Where(b => !live.Contains(b.Name)).ToList();
        var collected = new CollectionResult(gone.Count, dead.Count, dead.Sum(b => b.Length));
        if (!dryRun)
        {
            Remove(gone, dead);
        }

        return collected;
    }

    /// <summary>What a run does at its end, once it no longer holds the store: keeps the budget, and never takes what the
    /// run itself made or used. Does nothing after a run that made nothing, or while another run lives.</summary>
    /// <returns>What went; null where nothing had to be looked at.</returns>
    public CollectionResult? KeepBudget(RunResult run, long budget = DefaultBudget) =>
        run.Steps.All(s => s.Status != StepStatus.Executed) || Info().Bytes <= budget
            ? null
            : Collect(
                budget,
                maxAge: null,
                dryRun: false,
                run.Steps.Select(s => s.Key).OfType<string>().ToHashSet(StringComparer.Ordinal)
            );

    private IEnumerable<FileInfo> ByUse(IReadOnlySet<string>? keep) =>
        Files(store.Paths.Results)
            .OrderByDescending(f => keep?.Contains(Path.GetFileNameWithoutExtension(f.Name)) == true)
            .ThenByDescending(f => f.LastWriteTimeUtc)
            .ThenBy(f => f.Name, StringComparer.Ordinal);

    private static IEnumerable<FileInfo> Files(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories) : [];

    /// <summary>Results first, then the bytes they name: what a result names is always there.</summary>
    private void Remove(List<(FileInfo File, ActionResult? Result)> gone, List<FileInfo> dead)
    {
        foreach (var (file, result) in gone)
        {
            file.Delete();
            if (result is not null && Directory.Exists(store.Paths.OutputFolder(result.Key)))
            {
                Directory.Delete(store.Paths.OutputFolder(result.Key), recursive: true);
            }
        }

        dead.ForEach(b => b.Delete());

        // Nothing runs now, so what lies here is left over from runs that were cut. Checkpoints stay: they are for resuming.
        foreach (var folder in new[] { store.Paths.Temp, store.Paths.Attempts })
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private FileStream? Lock(FileAccess access, FileShare share)
    {
        var path = store.Paths.Lock("store");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException(
                new Diagnostic(
                    "FT6301",
                    $"the lock '{path}' cannot be made: {exception.Message}",
                    Cure: "name a cache folder that may be written, with --cache DIR"
                ),
                ExitCode.Lock
            );
        }
    }
}
