using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Hub;

/// <summary>What a revision was when it was fetched.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Files">Path in the repository to hash.</param>
public sealed record HubPin(string Commit, IReadOnlyDictionary<string, string> Files);

/// <summary><c>finetune.lock.json</c> beside a document: revision to commit and files' hashes. A run takes what stands
/// there, wherever the revision has moved since.</summary>
public sealed class HubLock
{
    /// <summary>The file's name.</summary>
    public const string FileName = "finetune.lock.json";

    private const int Version = 1;
    private readonly string _folder;
    private readonly SortedDictionary<string, HubPin> _pins;
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);

    private HubLock(string folder, SortedDictionary<string, HubPin> pins) => (_folder, _pins) = (folder, pins);

    /// <summary>The lock of the documents in a folder; empty where there is none.</summary>
    /// <exception cref="PipelineException">It cannot be read: what it pins must not be forgotten silently.</exception>
    public static HubLock In(string folder) => new(folder, Read(Path.Combine(folder, FileName)));

    /// <summary>What a wish is pinned to; null where it is not.</summary>
    public HubPin? Find(HubWish wish) => _pins.GetValueOrDefault(wish.LockName);

    /// <summary>The commit that anything of a reference is pinned to: one document never sees two of them.</summary>
    public string? CommitOf(HubReference reference) =>
        _pins
            .Where(p => p.Key == reference.Name || p.Key.StartsWith(reference.Name + " ", StringComparison.Ordinal))
            .Select(p => p.Value.Commit)
            .FirstOrDefault();

    /// <summary>Pins a wish and writes the file. Files of the same commit that another wish fetched stay.</summary>
    public void Pin(HubWish wish, HubSnapshot snapshot)
    {
        // Another run may have pinned something of its own meanwhile.
        foreach (var (name, pin) in Read(Path.Combine(_folder, FileName)))
        {
            if (!_forgotten.Contains(name))
            {
                _pins.TryAdd(name, pin);
            }
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (_pins.TryGetValue(wish.LockName, out var before) && before.Commit == snapshot.Commit)
        {
            foreach (var (path, hash) in before.Files)
            {
                files[path] = hash;
            }
        }

        foreach (var (path, hash) in snapshot.Files)
        {
            files[path] = hash;
        }

        _pins[wish.LockName] = new HubPin(snapshot.Commit, files);
        DurableFile.WriteText(Path.Combine(_folder, FileName), Text(), _folder);
    }

    /// <summary>Forgets what a reference is pinned to, until something is pinned again.</summary>
    public void Forget(HubReference reference)
    {
        foreach (var name in _pins.Keys.Where(k => k.Split(' ')[0] == reference.Name).ToList())
        {
            _pins.Remove(name);
            _forgotten.Add(name);
        }
    }

    private string Text()
    {
        var hub = new JsonObject();
        foreach (var (name, pin) in _pins)
        {
            var files = new JsonObject();
            foreach (var (path, hash) in pin.Files.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                files[path] = $"{(hash.Length == 64 ? "sha256" : "git")}:{hash}";
            }

            hub[name] = new JsonObject { ["commit"] = pin.Commit, ["files"] = files };
        }

        var options = new JsonSerializerOptions
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        return new JsonObject { ["version"] = Version, ["hub"] = hub }.ToJsonString(options) + "\n";
    }

    private static SortedDictionary<string, HubPin> Read(string file)
    {
        var pins = new SortedDictionary<string, HubPin>(StringComparer.Ordinal);
        if (!File.Exists(file))
        {
            return pins;
        }

        try
        {
            var root = JsonNode.Parse(File.ReadAllText(file, Encoding.UTF8))!;
            if ((int)root["version"]! != Version)
            {
                throw Broken(file, $"its version is {root["version"]}, {Version} is known");
            }

            foreach (var (name, entry) in root["hub"]!.AsObject())
            {
                var commit = (string)entry!["commit"]!;
                var files = entry["files"]!
                    .AsObject()
                    .ToDictionary(f => f.Key, f => ((string)f.Value!).Split(':')[^1], StringComparer.Ordinal);
                if (
                    !HubReference.IsCommitHash(commit)
                    || files.Any(f => !HubFile.IsSafe(f.Key) || !HubFile.IsHash(f.Value))
                )
                {
                    throw Broken(file, $"'{name}' has a commit, a path or a hash that cannot be one");
                }

                pins[name] = new HubPin(commit, files);
            }

            return pins;
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or NullReferenceException
                        or FormatException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw Broken(file, e.Message.ReplaceLineEndings(" "));
        }
    }

    private static PipelineException Broken(string file, string problem) =>
        new(
            new Diagnostic(
                HubErrors.LockFile,
                $"'{Path.GetFileName(file)}' cannot be read: {problem}",
                new SourceSpan(file, 1, 1),
                Cure: "restore it from version control; or delete it, and revisions are looked up anew"
            ),
            ExitCode.InvalidPipeline
        );
}
