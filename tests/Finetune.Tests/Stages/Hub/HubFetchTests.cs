using Finetune.Stages.Hub;

namespace Finetune.Tests.Stages.Hub;

/// <summary>Fetching from a server on loopback.</summary>
public sealed class HubFetchTests
{
    private static readonly HubWish Wish = HubBench.Model("hub:org/name");

    [Fact]
    public async Task A_model_lies_in_the_cache_as_python_would_have_put_it()
    {
        using var bench = new HubBench();
        bench.AddModel();

        var snapshot = await bench.FetchAsync(Wish);

        var repository = Path.Combine(bench.CacheFolder, "models--org--name");
        var commit = new string('a', 40);
        Assert.Equal(Path.Combine(repository, "snapshots", commit), snapshot.Folder);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], HubCache.FilesIn(snapshot.Folder));
        Assert.Equal(commit, File.ReadAllText(Path.Combine(repository, "refs", "main")));
        var weights = HubBench.Weights(300_000);
        var hash = LoopbackHub.HashOf("model.safetensors", weights);
        Assert.Equal(
            Path.Combine("..", "..", "blobs", hash),
            new FileInfo(Path.Combine(snapshot.Folder, "model.safetensors")).LinkTarget
        );
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(repository, "blobs", hash)));
        Assert.Equal(hash, snapshot.Files["model.safetensors"]);
        Assert.True(File.Exists(Path.Combine(bench.CacheFolder, ".locks", "models--org--name", $"{hash}.lock")));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(repository, "*", SearchOption.AllDirectories),
            f => f.EndsWith(".incomplete", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Small_files_are_called_as_git_calls_them()
    {
        using var bench = new HubBench();
        bench.Hub.Add(
            "org/name",
            "main",
            'a',
            ("config.json", HubBench.Text("hello\n")),
            ("merges.txt", []),
            ("model.safetensors", [1])
        );

        var snapshot = await bench.FetchAsync(Wish);

        Assert.Equal("ce013625030ba8dba906f756967f9e9ca394464a", snapshot.Files["config.json"]);
        Assert.Equal("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", snapshot.Files["merges.txt"]);
    }

    [Fact]
    public async Task What_is_there_is_not_downloaded_again()
    {
        using var bench = new HubBench();
        bench.AddModel();
        await bench.FetchAsync(Wish);
        var bodies = bench.Hub.Bodies.Count();

        await bench.FetchAsync(Wish);

        Assert.Equal(bodies, bench.Hub.Bodies.Count());
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_nowhere_else()
    {
        using var bench = new HubBench { Token = "hf_secret" };
        bench.AddModel().Token = "hf_secret";

        await bench.FetchAsync(Wish);

        Assert.Contains(bench.Hub.Requests, r => r.OnContentHost);
        Assert.All(bench.Hub.Requests, r => Assert.Equal(r.OnContentHost ? null : "Bearer hf_secret", r.Authorization));
    }

    [Fact]
    public async Task A_cut_connection_goes_on_where_it_ended()
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Hub.Cuts.Enqueue(100_000);
        bench.Hub.Cuts.Enqueue(0);
        bench.Hub.Cuts.Enqueue(70_000);

        var snapshot = await bench.FetchAsync(Wish);

        Assert.Equal(HubBench.Weights(300_000), File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")));
        var starts = bench.Hub.Bodies.Where(r => r.OnContentHost).Select(r => r.Range).ToList();
        Assert.Equal(4, starts.Count);
        Assert.Null(starts[0]);
        Assert.All(starts.Skip(1), range => Assert.NotNull(range));
        Assert.NotEqual(starts[2], starts[3]);
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_sends_the_file_from_its_start()
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Hub.IgnoresRanges = true;
        bench.Hub.Cuts.Enqueue(100_000);

        var snapshot = await bench.FetchAsync(Wish);

        Assert.Equal(HubBench.Weights(300_000), File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")));
    }

    [Fact]
    public async Task A_server_that_cuts_for_ever_is_given_up_and_what_came_is_kept()
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Hub.Cuts.Enqueue(100_000);
        for (var i = 0; i < 20; i++)
        {
            bench.Hub.Cuts.Enqueue(0);
        }

        var fault = await bench.FaultAsync(Wish);

        Assert.Equal("FT7206", fault.Code);
        var kept = Directory.GetFiles(bench.CacheFolder, "*.incomplete", SearchOption.AllDirectories);
        Assert.InRange(new FileInfo(Assert.Single(kept)).Length, 1, 100_000);
    }

    [Fact]
    public async Task Wrong_bytes_are_deleted_and_told()
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Hub.SendsOtherBytes = true;

        var fault = await bench.FaultAsync(Wish);

        Assert.Equal("FT7207", fault.Code);
        var large = Path.Combine(bench.CacheFolder, "models--org--name", "blobs");
        Assert.DoesNotContain(Directory.GetFiles(large), f => new FileInfo(f).Length == 300_000);
    }

    [Fact]
    public async Task A_busy_server_is_waited_for_as_long_as_it_says()
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Hub.First.Enqueue((429, "Retry-After: 37\r\n"));
        bench.Hub.First.Enqueue((429, "Retry-After: Fri, 02 Jan 2026 03:05:05 GMT\r\n"));
        bench.Hub.First.Enqueue((429, "RateLimit: \"api\";r=0;t=41\r\n"));
        bench.Hub.First.Enqueue((503, ""));

        await bench.FetchAsync(Wish);

        Assert.Equal([37, 60, 41, 8], bench.Clock.Waits.Select(w => w.TotalSeconds));
    }

    [Theory]
    [InlineData(429, "Retry-After: 3600\r\n", "FT7205")]
    [InlineData(401, "X-Error-Code: RepoNotFound\r\n", "FT7201")]
    [InlineData(401, "", "FT7201")]
    [InlineData(404, "X-Error-Code: RevisionNotFound\r\n", "FT7202")]
    [InlineData(403, "X-Error-Code: GatedRepo\r\n", "FT7203")]
    [InlineData(403, "", "FT7204")]
    [InlineData(418, "", "FT7211")]
    public async Task Every_refusal_has_its_code_and_cure(int status, string headers, string code)
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Hub.First.Enqueue((status, headers));

        var fault = await bench.FaultAsync(Wish);

        Assert.Equal(code, fault.Code);
        Assert.Contains("hub:org/name@main", fault.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Clock.Waits);
    }

    [Fact]
    public async Task A_gated_model_names_the_page_where_access_is_asked_for()
    {
        using var bench = new HubBench();
        var repository = bench.AddModel();
        (repository.Gated, repository.Token) = (true, "hf_other");

        var fault = await bench.FaultAsync(Wish);

        Assert.Equal("FT7203", fault.Code);
        Assert.Contains($"{bench.Hub.Address}/org/name", fault.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_that_are_pickles_alone_are_refused_before_any_download()
    {
        using var bench = new HubBench();
        bench.Hub.Add("org/name", "main", 'a', ("config.json", [1]), ("pytorch_model.bin", [2]));

        var fault = await bench.FaultAsync(Wish);

        Assert.Equal("FT7209", fault.Code);
        Assert.Contains("pytorch_model.bin", fault.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Hub.Bodies);
    }

    [Theory]
    [InlineData("../../outside.json")]
    [InlineData("/etc/outside.json")]
    [InlineData("chat_templates/..\\x.jinja")]
    [InlineData("a//b")]
    public async Task Names_that_leave_the_folder_are_refused(string name)
    {
        using var bench = new HubBench();
        bench.Hub.Add("org/name", "main", 'a', ("config.json", [1]), ("model.safetensors", [2]), (name, [3]));

        Assert.Equal("FT7211", (await bench.FaultAsync(Wish)).Code);
        Assert.False(Directory.Exists(bench.CacheFolder));
    }

    [Fact]
    public async Task A_sharded_model_is_what_its_index_names()
    {
        using var bench = new HubBench();
        bench.Hub.Add(
            "org/name",
            "main",
            'a',
            ("config.json", [1]),
            (
                "model.safetensors.index.json",
                HubBench.Text("""{"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}""")
            ),
            ("m-1.safetensors", [2]),
            ("m-2.safetensors", [3, 4]),
            ("consolidated.safetensors", [5])
        );

        var snapshot = await bench.FetchAsync(Wish);

        Assert.Equal(
            ["config.json", "m-1.safetensors", "m-2.safetensors", "model.safetensors.index.json"],
            HubCache.FilesIn(snapshot.Folder)
        );
    }

    [Theory]
    [InlineData("../../../outside.safetensors")]
    [InlineData("absent.safetensors")]
    public async Task An_index_that_names_other_files_is_refused(string shard)
    {
        using var bench = new HubBench();
        bench.Hub.Add(
            "org/name",
            "main",
            'a',
            ("config.json", [1]),
            ("model.safetensors.index.json", HubBench.Text("{\"weight_map\":{\"a\":\"" + shard + "\"}}"))
        );

        Assert.Equal("FT7210", (await bench.FaultAsync(Wish)).Code);
    }

    [Fact]
    public async Task A_full_disk_is_seen_before_the_first_byte()
    {
        using var bench = new HubBench { FreeSpace = _ => 1000 };
        bench.AddModel();

        var fault = await bench.FaultAsync(Wish);

        Assert.Equal("FT7208", fault.Code);
        Assert.Empty(bench.Hub.Bodies);
    }

    [Fact]
    public async Task Offline_takes_what_is_whole_and_reaches_no_network()
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Offline = true;
        Assert.Equal("FT7212", (await bench.FaultAsync(Wish)).Code);
        bench.Offline = false;
        var fetched = await bench.FetchAsync(Wish);
        var requests = bench.Hub.Requests.Count;

        bench.Offline = true;
        var found = await bench.FetchAsync(Wish);

        Assert.Equal(requests, bench.Hub.Requests.Count);
        Assert.Equal((fetched.Commit, fetched.Folder), (found.Commit, found.Folder));
        Assert.Equal(fetched.Files.OrderBy(f => f.Key), found.Files.OrderBy(f => f.Key));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_by_name()
    {
        using var bench = new HubBench();
        bench.Hub.Stop();

        var fault = await bench.FaultAsync(Wish);

        Assert.Equal("FT7206", fault.Code);
        Assert.Equal([1, 2, 4, 8, 8], bench.Clock.Waits.Select(w => w.TotalSeconds));
    }
}
