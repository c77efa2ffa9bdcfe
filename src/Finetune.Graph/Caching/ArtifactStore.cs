using System.Text;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Caching;

/// <summary>
/// Content-addressed outputs and, by key, the action results that name them. Everything is written to a temporary file,
/// flushed and renamed; an action result comes last, so that what it names is there. What is damaged all the same is a
/// warning and a miss.
/// </summary>
public sealed class ArtifactStore
{
    private readonly TimeProvider _clock;

    /// <summary>Opens a store; the folder is made when something is published.</summary>
    /// <param name="root">The store's folder.</param>
    /// <param name="clock">For the memory of big files' digests.</param>
    public ArtifactStore(string root, TimeProvider clock)
    {
        _clock = clock;
        Paths = new StorePaths(root);
        Digests = new FileDigests(Path.Combine(Paths.Root, "digests.json"), clock);
    }

    /// <summary>Where things lie.</summary>
    public StorePaths Paths { get; }

    /// <summary>Digests of the user's files and of the store's own.</summary>
    public FileDigests Digests { get; }

    /// <summary>Called where a crash would hurt most, with the place's name; tests throw here.</summary>
    internal Action<string> CrashPoint { get; init; } = _ => { };

    /// <summary>The whole and undamaged result of that key, or null.</summary>
    /// <param name="key">The step's key.</param>
    /// <param name="warn">Told of a damaged entry.</param>
    public ActionResult? Find(ContentHash key, Action<Diagnostic> warn)
    {
        var path = Paths.Result(key.Hex);
        if (!File.Exists(path))
        {
            return null;
        }

        var result = ReadResult(path);
        if (result is null || result.Key != key.Hex)
        {
            warn(Damaged(key, "its action result cannot be read"));
            return null;
        }

        foreach (var file in result.Outputs.SelectMany(o => o.Files))
        {
            if (Fault(file) is { } fault)
            {
                warn(Damaged(key, fault));
                return null;
            }
        }

        return result;
    }

    /// <summary>Notes that a result was used; the longest unused are collected first.</summary>
    public void Touch(ActionResult result)
    {
        try
        {
            File.SetLastWriteTimeUtc(Paths.Result(result.Key), _clock.GetUtcNow().UtcDateTime);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A store that may only be read serves all the same.
        }
    }

    /// <summary>Takes a step's outputs in and writes its action result, unless there is one by now.</summary>
    /// <returns>The result that stands.</returns>
    public ActionResult Publish(
        Fingerprint fingerprint,
        Step step,
        StageContext context,
        IEnumerable<Diagnostic> warnings
    )
    {
        var outputs = step.Stage.Outputs.Select(o => Take(o, context.OutputPaths[o.Name])).ToList();
        var result = new ActionResult(
            ActionResult.CurrentSchema,
            fingerprint.Key.Hex,
            step.Kind,
            outputs,
            [.. warnings.Select(w => new StoredWarning(w.Code, w.Message, w.Cure, w.Row))],
            context.Facts
        );
        CrashPoint("after-blobs");
        DurableFile.WriteText(
            Paths.ExpandedKey(fingerprint.Key.Hex),
            CanonicalJson.Write(fingerprint.Expanded),
            Paths.Temp
        );
        CrashPoint("before-result");
        DurableFile.WriteText(Paths.Result(fingerprint.Key.Hex), result.Write(), Paths.Temp);
        CrashPoint("after-result");
        return result;
    }

    /// <summary>Absolute readable path of each output: links to the store's bytes under their own names.</summary>
    public IReadOnlyDictionary<string, string> Show(ActionResult result)
    {
        var folder = Paths.OutputFolder(result.Key);
        foreach (var output in result.Outputs)
        {
            foreach (var file in output.Files)
            {
                var path = PathOf(folder, output, file);
                if (!Links.Shows(Paths.Blob(file.Digest), path))
                {
                    Links.LinkOrCopy(Paths.Blob(file.Digest), path);
                }
            }

            if (output.IsFolder)
            {
                RemoveStrangers(folder, output);
            }
        }

        return result.Outputs.ToDictionary(o => o.Name, o => Path.Combine(folder, o.FileName), StringComparer.Ordinal);
    }

    /// <summary>What is wrong with a stored file, or null.</summary>
    public string? Fault(StoredFile file)
    {
        var blob = new FileInfo(Paths.Blob(file.Digest));
        try
        {
            return !blob.Exists ? $"{file.Digest} is missing"
                : blob.Length != file.Size ? $"{file.Digest} has {blob.Length} bytes, {file.Size} wanted"
                : Digests.Of(blob.FullName).Hex != file.Digest ? $"{file.Digest} has other bytes"
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"{file.Digest} cannot be read: {exception.Message}";
        }
    }

    /// <summary>What is wrong with a stored file, its bytes read anew whatever is remembered of them, or null.</summary>
    public string? ByteFault(StoredFile file) =>
        Fault(file)
        ?? (ContentHash.OfFile(Paths.Blob(file.Digest)).Hex == file.Digest ? null : $"{file.Digest} has other bytes");

    private static ActionResult? ReadResult(string path)
    {
        try
        {
            return ActionResult.Read(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Diagnostic Damaged(ContentHash key, string fault) =>
        new(
            "FT6101",
            $"damaged cache entry {key.Hex[..12]}: {fault}",
            Cure: "it is made again",
            Severity: Severity.Warning
        );

    private static string PathOf(string folder, StoredOutput output, StoredFile file) =>
        file.Path.Length == 0
            ? Path.Combine(folder, output.FileName)
            : Path.Combine(folder, output.FileName, file.Path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>A folder output is exactly its files: what someone put beside them would be read as part of it.</summary>
    private static void RemoveStrangers(string folder, StoredOutput output)
    {
        var shown = Directory.CreateDirectory(Path.Combine(folder, output.FileName)).FullName;
        var own = output.Files.Select(f => PathOf(folder, output, f)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(shown, "*", SearchOption.AllDirectories))
        {
            if (!own.Contains(file) && !Path.GetFileName(file).StartsWith(Links.TempPrefix, StringComparison.Ordinal))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>What an output would be in a store; nothing is taken in.</summary>
    /// <param name="output">As its stage declares it.</param>
    /// <param name="path">The file or folder.</param>
    public static StoredOutput Describe(OutputDeclaration output, string path)
    {
        if (output.IsFolder ? !Directory.Exists(path) : !File.Exists(path))
        {
            throw new InvalidOperationException($"the stage left no output '{output.Name}'");
        }

        var names = output.IsFolder
            ? Directory
                .GetFiles(path, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(path, f).Replace(Path.DirectorySeparatorChar, '/'))
                .Order(StringComparer.Ordinal)
            : Enumerable.Repeat("", 1);
        var files = names.Select(name => Describe(name, Source(path, name))).ToList();
        var digest = output.IsFolder ? Manifest(files) : files[0].Digest;
        return new StoredOutput(output.Name, output.FileName, output.IsFolder, digest, files);
    }

    private StoredOutput Take(OutputDeclaration output, string path)
    {
        var described = Describe(output, path);
        foreach (var stored in described.Files.Where(file => Fault(file) is not null))
        {
            CrashPoint("before-blob");
            DurableFile.Copy(Source(path, stored.Path), Paths.Blob(stored.Digest), Paths.Temp);
            CrashPoint("after-blob");
        }

        return described;
    }

    private static StoredFile Describe(string name, string path) =>
        new(name, ContentHash.OfFile(path).Hex, new FileInfo(path).Length);

    private static string Source(string path, string name) => name.Length == 0 ? path : Path.Combine(path, name);

    private static string Manifest(IEnumerable<StoredFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files)
        {
            text.Append(file.Path).Append('\0').Append(file.Digest).Append('\n');
        }

        return ContentHash.Of(text.ToString()).Hex;
    }
}
