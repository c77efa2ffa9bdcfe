using Finetune.Tests.Cli;
using Finetune.Tests.Stages.Hub;
using Parquet.Serialization;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>A pipeline whose model and rows come from a Hub on loopback.</summary>
public sealed class HubPipelineTests
{
    private const string Document = """
        version: 1
        name: small
        seed: 7
        sources:
          requests: { path: "hub-dataset:org/household@refs/convert/parquet", split: train }
        splits: { from: requests, train: 0.7, validation: 0.1, test: 0.2, by: random }
        templates:
          ask: { prompt: "Request: {{ request }}\nIntent:", completion: " {{ intent }}", answer: intent, choices: distinct }
        model: { base: "hub:org/tiny@v1" }
        training:
          - { name: instruct, max_steps: 4, batch_size: 8, learning_rate: 1.0e-3 }

        """;

    [SkippableFact]
    public async Task It_runs_from_the_hub_then_without_it_and_the_cache_may_move()
    {
        using var work = new Workspace();
        using var hub = new LoopbackHub();
        File.WriteAllText(work.Pipeline, Document);
        Add(hub, 'a');
        hub.Add(
            "datasets/org/household",
            "refs/convert/parquet",
            'd',
            ("default/train/0000.parquet", await Parquet(work)),
            ("default/test/0000.parquet", [1, 2, 3])
        );
        var cache = Path.Combine(work.Folder, "cache");

        var first = Run(work, hub, cache);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("\"step\":\"fetch.org/tiny\"", first.Out, StringComparison.Ordinal);
        Assert.StartsWith("ingest.requests split render", first.Executed, StringComparison.Ordinal);
        var report = File.ReadAllText((string)first.RunFinished["report"]!);
        Assert.Contains("hub:org/tiny@v1 (commit aaaaaaaaaaaa)", report, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Bodies, r => r.Path.Contains("test/0000", StringComparison.Ordinal));

        // The revision moves: the lock says what the run was made of.
        Add(hub, 'b');
        Assert.Equal("", Run(work, hub, cache).Executed);

        // Nobody answers any more, and the cache lies elsewhere: keys hang on contents alone.
        hub.Stop();
        var moved = Path.Combine(work.Folder, "moved");
        Directory.Move(cache, moved);
        var offline = Run(work, hub, moved, "--offline");
        Assert.True(offline.ExitCode == 0, offline.Error);
        Assert.Equal("", offline.Executed);
    }

    private static void Add(LoopbackHub hub, char commit)
    {
        var folder = ToolProcess.RepositoryFile("pipelines", "builtin", "tiny");
        hub.Add(
            "org/tiny",
            "v1",
            commit,
            [.. Directory.GetFiles(folder).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))]
        );
    }

    private static async Task<byte[]> Parquet(Workspace work)
    {
        var rows = File.ReadLines(Path.Combine(work.Folder, "household.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Where(cells => cells.Length == 2)
            .Select(cells => new Request { request = cells[0], intent = cells[1] })
            .ToList();
        using var bytes = new MemoryStream();
        await ParquetSerializer.SerializeAsync(rows, bytes);
        return bytes.ToArray();
    }

    private static ToolProcess Run(Workspace work, LoopbackHub hub, string cache, params string[] more) =>
        ToolProcess.Run(
            work.Folder,
            ["run", "pipeline.yml", "--json", .. more],
            variables: new Dictionary<string, string>
            {
                ["HF_ENDPOINT"] = hub.Address,
                ["HF_HUB_CACHE"] = cache,
                ["HF_HOME"] = work.Folder,
                ["HF_TOKEN"] = "",
                ["HF_HUB_OFFLINE"] = "",
            }
        );

    private sealed class Request
    {
        public string? request { get; set; }

        public string? intent { get; set; }
    }
}
