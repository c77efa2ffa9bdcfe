using System.Globalization;
using Finetune.Stages.Hub;
using Finetune.Tests.Stages.Hub;

namespace Finetune.Tests.Cli;

/// <summary>The real process against a server on loopback; nothing here loads libtorch.</summary>
public sealed class HubCommandTests
{
    private const int Size = 4 << 20;

    private static readonly string WeightsHash = LoopbackHub.HashOf("model.safetensors", HubBench.Weights(Size));

    private const string Document = """
        version: 1
        name: from-the-hub
        sources: { rows: { path: rows.csv } }
        splits: { from: rows, train: 0.8, validation: 0.1, test: 0.1 }
        templates: { ask: { prompt: "{{ text }}", completion: " {{ label }}" } }
        model: { base: "hub:org/name" }
        training: [{ name: tune }]

        """;

    [SkippableFact]
    public void A_download_that_was_killed_goes_on_from_its_last_byte()
    {
        using var bench = Bench();
        bench.AddModel(size: Size);
        bench.Hub.StallAfter = Size / 2;
        using (var process = ToolProcess.StartWith(bench.Root, Variables(bench), "fetch"))
        {
            var error = process.StandardError.ReadToEndAsync();
            bool halfway;
            bool ended;
            try
            {
                halfway = SpinWait.SpinUntil(
                    () => process.HasExited || Partial(bench) is Size / 2,
                    TimeSpan.FromMinutes(3)
                );
                ended = process.HasExited;
            }
            finally
            {
                // Ended whatever comes, or it would go on writing in the folder that the bench takes away.
                process.Kill();
                process.WaitForExit();
            }

            Assert.True(halfway && !ended, $"ended: {ended}, written: {Partial(bench)}; {error.Result}");
        }

        Assert.False(File.Exists(Path.Combine(bench.Root, HubLock.FileName)));
        bench.Hub.StallAfter = null;

        var fetch = Run(bench, "fetch");

        Assert.True(fetch.ExitCode == 0, fetch.Error);
        var second = bench.Hub.Bodies.Last(r => r.OnContentHost);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"bytes={Size / 2}-"), second.Range);
        var folder = bench.Cache.Snapshot(HubReference.Parse("hub:org/name")!, new string('a', 40));
        Assert.Equal(HubBench.Weights(Size), File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Null(Partial(bench));
    }

    [SkippableFact]
    public void What_only_looks_reaches_no_network_and_says_what_is_not_here()
    {
        using var bench = Bench();
        bench.AddModel();

        var validate = Run(bench, "validate");
        var plan = Run(bench, "plan");
        var explain = Run(bench, "explain", "train.tune");
        var status = Run(bench, "status", "--check");
        var render = Run(bench, "render");

        Assert.Empty(bench.Hub.Requests);
        Assert.False(File.Exists(Path.Combine(bench.Root, HubLock.FileName)));
        Assert.Equal(
            (0, 0, 0, 8, 3),
            (validate.ExitCode, plan.ExitCode, explain.ExitCode, status.ExitCode, render.ExitCode)
        );
        Assert.Contains("hub:org/name@main is not downloaded yet", validate.Out, StringComparison.Ordinal);
        Assert.Matches(@"split +unknown", plan.Out);
        Assert.Matches(@"train\.tune +unknown +hub:org/name@main is not downloaded yet", plan.Out);
        Assert.Matches(@"tokenize +unknown +hub:org/name@main is not downloaded yet", plan.Out);
        Assert.Contains("not downloaded yet", explain.Out, StringComparison.Ordinal);
        Assert.Contains("dotnet finetune fetch", render.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_moved_revision_moves_nothing_but_by_update()
    {
        using var bench = Bench();
        bench.AddModel('a');
        var first = Run(bench, "fetch");
        bench.AddModel('b');

        var second = Run(bench, "fetch");
        Assert.Equal(first.Out, second.Out);
        Assert.Contains(new string('a', 40), first.Out, StringComparison.Ordinal);

        var update = Run(bench, "fetch", "--update");
        Assert.Contains($"{new string('b', 40)}  (was {new string('a', 40)})", update.Out, StringComparison.Ordinal);
        Assert.Equal(new string('b', 40), bench.Lock.CommitOf(HubReference.Parse("hub:org/name")!));
    }

    [SkippableFact]
    public void Offline_says_what_is_missing_and_asks_nobody()
    {
        using var bench = Bench();
        bench.AddModel();

        var run = Run(bench, "run", "--offline");

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("error FT7212: hub:org/name@main", run.Error, StringComparison.Ordinal);
        Assert.Contains("cure: run 'dotnet finetune fetch'", run.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Hub.Requests);
    }

    [SkippableFact]
    public void A_fault_of_the_hub_is_told_without_a_stack_trace()
    {
        using var bench = Bench();
        bench.Hub.Add("org/name", "main", 'a', ("config.json", [1]), ("pytorch_model.bin", [2]));

        var run = Run(bench, "run");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("error FT7209", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_verb_takes_a_tokenizer_from_the_hub_once()
    {
        using var bench = Bench();
        var folder = ToolProcess.RepositoryFile("pipelines", "tiny");
        bench.Hub.Add(
            "org/words",
            "v1",
            'c',
            [
                .. Directory.GetFiles(folder, "*.json").Select(f => (Path.GetFileName(f), File.ReadAllBytes(f))),
                ("model.safetensors", HubBench.Weights(1000)),
            ]
        );

        string[] verb = ["tokenize", "--model", "hub:org/words@v1"];
        var first = ToolProcess.Run(bench.Root, verb, "{\"text\":\"one\"}\n", Variables(bench));
        var requests = bench.Hub.Requests.ToList();
        var second = ToolProcess.Run(bench.Root, [.. verb, "--offline"], "{\"text\":\"one\"}\n", Variables(bench));

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.StartsWith("{\"ids\":", first.Out, StringComparison.Ordinal);
        Assert.Equal(first.Out, second.Out);
        Assert.DoesNotContain(requests, r => r.OnContentHost);
        Assert.Equal(requests.Count, bench.Hub.Requests.Count);
    }

    private static HubBench Bench()
    {
        var bench = new HubBench();
        File.WriteAllText(Path.Combine(bench.Root, "pipeline.yml"), Document);
        File.WriteAllText(
            Path.Combine(bench.Root, "rows.csv"),
            "text,label\n"
                + string.Concat(Enumerable.Range(0, 40).Select(i => $"words {i},{(i % 2 == 0 ? 'a' : 'b')}\n"))
        );
        return bench;
    }

    /// <summary>How much of the weights is here, while they are incomplete. Named, not searched for: the small files that come
    /// beside them are renamed at any moment.</summary>
    private static long? Partial(HubBench bench)
    {
        var file = bench.Cache.Blob(HubReference.Parse("hub:org/name")!, WeightsHash) + ".incomplete";
        return File.Exists(file) ? new FileInfo(file).Length : null;
    }

    private static ToolProcess Run(HubBench bench, params string[] arguments) =>
        ToolProcess.Run(bench.Root, arguments, variables: Variables(bench));

    private static Dictionary<string, string> Variables(HubBench bench) =>
        new()
        {
            ["HF_ENDPOINT"] = bench.Hub.Address,
            ["HF_HUB_CACHE"] = bench.CacheFolder,
            ["HF_HOME"] = bench.Root,
            ["HF_TOKEN"] = "",
            ["HF_HUB_OFFLINE"] = "",
        };
}
