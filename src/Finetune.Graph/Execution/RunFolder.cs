using System.Text.Json.Nodes;
using Finetune.Graph.Caching;

namespace Finetune.Graph.Execution;

/// <summary>
/// One run's folder: <c>events.jsonl</c> as it happens, <c>run.json</c> at its end, and copies of what a person opens.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="id">The run's id; ids sort by time.</param>
public sealed class RunFolder(ArtifactStore store, string id)
{
    /// <summary>The file of what happens, one event a line.</summary>
    public const string Events = "events.jsonl";

    private readonly Lock _lock = new();

    /// <summary>The run's id.</summary>
    public string Id { get; } = id;

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(store.Paths.Runs, id);

    /// <summary>Adds a line to <c>events.jsonl</c>.</summary>
    public void Append(JsonObject entry)
    {
        lock (_lock)
        {
            Directory.CreateDirectory(Path);
            File.AppendAllText(System.IO.Path.Combine(Path, Events), CanonicalJson.Write(entry) + "\n");
        }
    }

    /// <summary>Copies a file into the folder and returns its path there.</summary>
    public string Keep(string file)
    {
        Directory.CreateDirectory(Path);
        var kept = System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file));
        DurableFile.Copy(file, kept, store.Paths.Temp);
        return kept;
    }

    /// <summary>Writes <c>run.json</c>, which makes the run part of the history.</summary>
    public void Finish(JsonObject summary) =>
        DurableFile.WriteText(
            System.IO.Path.Combine(Path, RunHistory.FileName),
            summary.ToJsonString() + "\n",
            store.Paths.Temp
        );
}
