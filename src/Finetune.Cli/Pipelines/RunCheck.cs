using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using Finetune.Stages;

namespace Finetune.Cli.Pipelines;

/// <summary>
/// Holds a past run against the store: every byte its steps left, the fingerprints they are kept under, the verdict made
/// again from the predictions, and the report as it was written.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="run">The run.</param>
internal sealed class RunCheck(ArtifactStore store, PastRun run)
{
    private readonly Dictionary<string, ActionResult> _results = new(StringComparer.Ordinal);

    /// <summary>What was looked at and held, one line each.</summary>
    public List<string> Held { get; } = [];

    /// <summary>What does not hold.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Looks at everything.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (step, key) in run.Keys())
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckBytes(step, key);
        }

        // On damaged bytes nothing is made again.
        if (Faults.Count == 0)
        {
            var files = _results.Values.SelectMany(r => r.Outputs).SelectMany(o => o.Files).ToList();
            Held.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_results.Count} steps: {files.Count} files have the bytes that were kept ({files.Sum(f => f.Size)} bytes)"
                )
            );
            await CheckVerdictAsync(cancellationToken);
        }

        CheckReport();
    }

    // Read anew, whatever the store remembers of its files.
    private void CheckBytes(string step, string key)
    {
        if (store.Find(ContentHash.Parse(key), _ => { }) is not { } result)
        {
            Faults.Add($"{step}: the store no longer has its whole result");
            return;
        }

        _results[step] = result;
        var damaged = result.Outputs.SelectMany(o => o.Files).Select(store.ByteFault).OfType<string>();
        Faults.AddRange(damaged.Select(fault => $"{step}: {fault}"));

        var expanded = store.Paths.ExpandedKey(key);
        if (!File.Exists(expanded) || ContentHash.Of(File.ReadAllText(expanded)).Hex != key)
        {
            Faults.Add($"{step}: its settings and inputs are not those of its fingerprint");
        }
    }

    private async Task CheckVerdictAsync(CancellationToken cancellationToken)
    {
        if (!_results.TryGetValue("verdict", out var stored))
        {
            return;
        }

        var entries = JsonNode.Parse(
            await File.ReadAllTextAsync(store.Paths.ExpandedKey(stored.Key), cancellationToken)
        )!;
        var stage = BuiltInStages.Of(stored.Kind);
        if ((int?)entries["version"] != stage.Version)
        {
            Faults.Add("verdict: judged by another version of this tool, whose figures cannot be made again");
            return;
        }

        if (Sources(entries["inputs"]!.AsObject()) is not { } paths)
        {
            return;
        }

        var step = new Step(
            "verdict",
            stage,
            entries["settings"]!.DeepClone().AsObject(),
            [],
            new Dictionary<string, string>(),
            []
        );
        var inputs = new ReplayInputs(paths, new Dictionary<string, JsonObject>(), new Dictionary<string, string>());
        var replay = await new Replayer(store).RunAsync(step, stored, inputs, new Silence(), cancellationToken);
        if (replay.Differences.Count == 0)
        {
            var answers = paths.Keys.Count(name => name.StartsWith("predictions.", StringComparison.Ordinal));
            Held.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"verdict: the same figures again from the predictions of {answers} contenders"
                )
            );
        }

        Faults.AddRange(replay.Differences.Select(difference => $"verdict: made again, {difference}"));
    }

    // The files that the verdict's fingerprint names, as other steps of the run left them.
    private Dictionary<string, IReadOnlyList<string>>? Sources(JsonObject inputs)
    {
        var made = _results
            .Values.SelectMany(result => result.Outputs.Where(o => !o.IsFolder))
            .Select(output => output.Digest)
            .ToHashSet(StringComparer.Ordinal);
        var paths = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, digests) in inputs)
        {
            var digest = (string)digests!.AsArray().Single()!;
            if (!made.Contains(digest))
            {
                Faults.Add($"verdict: no step of this run left its {name}");
                return null;
            }

            paths[name] = [store.Paths.Blob(digest)];
        }

        return paths;
    }

    private void CheckReport()
    {
        if (!_results.TryGetValue("report", out var report))
        {
            Held.Add("report: the run wrote none");
            return;
        }

        var json = report.Outputs.Single(o => o.Name == "json");
        if (_results.TryGetValue("verdict", out var verdict) && !Agree(json.Digest, verdict.Outputs.Single().Digest))
        {
            Faults.Add("report.json: its figures are not the verdict's");
            return;
        }

        var changed = report
            .Outputs.Select(output => (Path: Path.Combine(run.Folder, output.FileName), output.Digest))
            .Where(kept => File.Exists(kept.Path) && ContentHash.OfFile(kept.Path).Hex != kept.Digest)
            .Select(kept => $"{kept.Path}: changed since the run wrote it")
            .ToList();
        Faults.AddRange(changed);
        if (changed.Count == 0)
        {
            Held.Add("report: as the run wrote it, its figures are the verdict's");
        }
    }

    private bool Agree(string report, string verdict) =>
        JsonNode.DeepEquals(Parsed(report)?["verdict"], Parsed(verdict));

    private JsonNode? Parsed(string digest)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(store.Paths.Blob(digest)));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class Silence : IProgress<StageProgress>
    {
        public void Report(StageProgress value) { }
    }
}
