using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Graph.Caching;

/// <summary>
/// Digests of files. Big ones are remembered by size and time of change, so that a cached run does not read gigabytes;
/// a file that changed within the last two seconds is not remembered, for its time may not show the next change.
/// </summary>
/// <param name="cachePath">Where digests are remembered; disposable.</param>
/// <param name="clock">Tells how old a change is.</param>
public sealed class FileDigests(string cachePath, TimeProvider clock)
{
    private const long BigFile = 16 << 20;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, Remembered> _remembered = Load(cachePath);
    private bool _changed;

    /// <summary>The digest of a file's bytes.</summary>
    public ContentHash Of(string path)
    {
        // A link's own length and time say nothing of the bytes behind it.
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var file = new FileInfo(path);
        if (file.Length < BigFile)
        {
            return ContentHash.OfFile(path);
        }

        var changed = file.LastWriteTimeUtc;
        if (_remembered.TryGetValue(path, out var known) && known.Size == file.Length && known.Ticks == changed.Ticks)
        {
            return ContentHash.Parse(known.Digest);
        }

        var before = clock.GetUtcNow().UtcDateTime;
        var digest = ContentHash.OfFile(path);
        if (before - changed > Settled)
        {
            _remembered[path] = new Remembered(file.Length, changed.Ticks, digest.Hex);
            _changed = true;
        }

        return digest;
    }

    /// <summary>Keeps what was learned for the next process.</summary>
    public void Save(string tempFolder)
    {
        if (_changed)
        {
            var entries = _remembered
                .OrderBy(e => e.Key, StringComparer.Ordinal)
                .Select(e =>
                    KeyValuePair.Create<string, JsonNode?>(
                        e.Key,
                        new JsonArray(e.Value.Size, e.Value.Ticks, e.Value.Digest)
                    )
                );
            DurableFile.WriteText(cachePath, new JsonObject(entries).ToJsonString(), tempFolder);
        }
    }

    private static ConcurrentDictionary<string, Remembered> Load(string path)
    {
        var found = new ConcurrentDictionary<string, Remembered>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, entry) in File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [])
            {
                var digest = ContentHash.Parse((string)entry![2]!).Hex;
                found[name] = new Remembered((long)entry[0]!, (long)entry[1]!, digest);
            }
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or IOException
                        or FormatException
                        or InvalidOperationException
                        or NullReferenceException
                        or ArgumentException
            )
        {
            // Disposable: what cannot be read is learned again.
            found.Clear();
        }

        return found;
    }

    private sealed record Remembered(long Size, long Ticks, string Digest);
}
