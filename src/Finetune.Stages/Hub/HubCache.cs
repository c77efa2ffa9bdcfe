using Finetune.Graph.Caching;

namespace Finetune.Stages.Hub;

/// <summary>The Hugging Face cache: <c>models--org--name/{blobs,snapshots/COMMIT,refs}</c>, blobs called by their hash,
/// snapshots of relative links to them. Whatever Python put there is found, and the other way round.</summary>
/// <param name="folder">Its folder, absolute.</param>
public sealed class HubCache(string folder)
{
    private const string Tag = "CACHEDIR.TAG";

    /// <summary>Its folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Where a snapshot is, or would be.</summary>
    public string Snapshot(HubReference reference, string commit) =>
        Path.Combine(Folder, RepositoryName(reference), "snapshots", commit);

    /// <summary>Where a blob is, or would be.</summary>
    public string Blob(HubReference reference, string hash) =>
        Path.Combine(Folder, RepositoryName(reference), "blobs", hash);

    /// <summary>The file that says who downloads a blob.</summary>
    public string Lock(HubReference reference, string hash) =>
        Path.Combine(Folder, ".locks", RepositoryName(reference), $"{hash}.lock");

    /// <summary>The commit that a revision was when it was last looked up; null where it never was.</summary>
    public string? CommitOf(HubReference reference)
    {
        if (reference.IsCommit)
        {
            return reference.Revision;
        }

        var file = Ref(reference);
        var found = File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        return HubReference.IsCommitHash(found) ? found : null;
    }

    /// <summary>The files of a snapshot that can be read, by their paths in the repository, ordinal order.</summary>
    public static IReadOnlyList<string> FilesIn(string snapshot) =>
        Directory.Exists(snapshot)
            ?
            [
                .. Directory
                    .EnumerateFiles(snapshot, "*", SearchOption.AllDirectories)
                    .Where(File.Exists)
                    .Select(f => Path.GetRelativePath(snapshot, f).Replace('\\', '/'))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The hash that a snapshot's file is linked to; of a copy, the hash of its bytes.</summary>
    public static string HashOf(string file) =>
        File.ResolveLinkTarget(file, returnFinalTarget: true)?.Name is { } name && HubFile.IsHash(name)
            ? name
            : ContentHash.OfFile(file).Hex;

    /// <summary>Makes a blob part of a snapshot.</summary>
    public void Link(HubReference reference, string commit, HubFile file)
    {
        var pointer = Path.Combine(Snapshot(reference, commit), file.Path);
        var blob = Blob(reference, file.Hash);
        var known = new FileInfo(pointer);
        if (known.LinkTarget is { } target)
        {
            if (known.Exists && Path.GetFileName(target) == file.Hash)
            {
                return;
            }

            File.Delete(pointer);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(pointer)!);
        try
        {
            File.CreateSymbolicLink(pointer, Path.GetRelativePath(Path.GetDirectoryName(pointer)!, blob));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No links here (Windows without the right to make them), or another process was faster.
            if (!File.Exists(pointer))
            {
                File.Copy(blob, pointer);
            }
        }
    }

    /// <summary>Remembers which commit a revision is.</summary>
    public void Remember(HubReference reference, string commit)
    {
        if (reference.IsCommit || CommitOf(reference) == commit)
        {
            return;
        }

        var file = Ref(reference);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        DurableFile.WriteText(file, commit, Path.GetDirectoryName(file)!);
    }

    /// <summary>Makes the folder, marked for backups to leave it out.</summary>
    public void Create()
    {
        Directory.CreateDirectory(Folder);
        var tag = Path.Combine(Folder, Tag);
        if (!File.Exists(tag))
        {
            File.WriteAllText(
                tag,
                "Signature: 8a477f597d28d172789f06886806bc55\n"
                    + "# This file is a cache directory tag created by dotnet finetune.\n"
                    + "# For information about cache directory tags, see: https://bford.info/cachedir/\n"
            );
        }
    }

    private string Ref(HubReference reference) =>
        Path.Combine([Folder, RepositoryName(reference), "refs", .. reference.Revision.Split('/')]);

    private static string RepositoryName(HubReference reference) =>
        $"{(reference.IsDataset ? "datasets" : "models")}--{reference.Id.Replace("/", "--", StringComparison.Ordinal)}";
}
