namespace Finetune.Stages.Hub;

/// <summary>A file of a repository at a commit.</summary>
/// <param name="Path">Its path in the repository, with forward slashes.</param>
/// <param name="Hash">What its blob is called: a SHA-256 (64 digits) for files in large storage, a git blob id (40
/// digits) for others.</param>
/// <param name="Size">Bytes.</param>
public sealed record HubFile(string Path, string Hash, long Size)
{
    /// <summary>Whether a text can be the name of a blob: nothing else may become a file's name.</summary>
    public static bool IsHash(string? text) =>
        text is { Length: 40 or 64 } && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    /// <summary>Whether a name that a server gave stays inside the folder it is put in.</summary>
    public static bool IsSafe(string path) =>
        path.Length is > 0 and <= 1000
        && !path.Any(c => c is '\\' or ':' || char.IsControl(c))
        && path.Split('/').All(part => part.Length > 0 && part is not ("." or ".."));
}

/// <summary>Files of a repository at one commit, in the cache.</summary>
/// <param name="Reference">What was asked for.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Folder">The snapshot's folder, absolute.</param>
/// <param name="Files">Path in the repository to hash, ordinal order.</param>
public sealed record HubSnapshot(
    HubReference Reference,
    string Commit,
    string Folder,
    IReadOnlyDictionary<string, string> Files
);
