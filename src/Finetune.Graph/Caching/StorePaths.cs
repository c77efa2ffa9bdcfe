namespace Finetune.Graph.Caching;

/// <summary>Where things lie in a store.</summary>
/// <param name="root">The store's folder.</param>
public sealed class StorePaths(string root)
{
    /// <summary>The store's folder.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Bytes by their digest.</summary>
    public string Blobs => Path.Combine(Root, "cas", "sha256");

    /// <summary>Action results by key.</summary>
    public string Results => Path.Combine(Root, "ac");

    /// <summary>Expanded keys, for explanations.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>Readable views of outputs.</summary>
    public string Outputs => Path.Combine(Root, "outputs");

    /// <summary>Runs, by id.</summary>
    public string Runs => Path.Combine(Root, "runs");

    /// <summary>Half-written files; anybody's to clear when nothing runs.</summary>
    public string Temp => Path.Combine(Root, "tmp");

    /// <summary>The bytes of that digest.</summary>
    public string Blob(string digest) => Path.Combine(Blobs, digest[..2], digest);

    /// <summary>The action result of that key.</summary>
    public string Result(string key) => Path.Combine(Results, key[..2], key + ".json");

    /// <summary>The expanded key.</summary>
    public string ExpandedKey(string key) => Path.Combine(Keys, key[..2], key + ".json");

    /// <summary>The readable outputs of that key.</summary>
    public string OutputFolder(string key) => Path.Combine(Outputs, key);

    /// <summary>Folders of running steps, and of those that were cut.</summary>
    public string Attempts => Path.Combine(Root, "attempts");

    /// <summary>Where a running step writes.</summary>
    public string Attempt(string key) => Path.Combine(Attempts, key);

    /// <summary>What outlives a killed step.</summary>
    public string Checkpoints(string key) => Path.Combine(Root, "checkpoints", key);

    /// <summary>The lock of that key; never deleted, a lock on a deleted file guards nothing.</summary>
    public string Lock(string key) => Path.Combine(Root, "locks", key + ".lock");
}
