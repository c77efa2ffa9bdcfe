using Finetune.Stages.Hub;

namespace Finetune.Tests.Stages.Hub;

/// <summary>Redirects, silence, and several at once.</summary>
public sealed class HubTrafficTests
{
    private static readonly HubWish Wish = HubBench.Model("hub:org/name");

    [Fact]
    public async Task A_repository_that_was_renamed_is_followed_with_the_token()
    {
        using var bench = new HubBench { Token = "hf_secret" };
        bench.AddModel().Token = "hf_secret";
        bench.Hub.Renamed["old/name"] = "org/name";

        var snapshot = await bench.FetchAsync(HubBench.Model("hub:old/name"));

        Assert.Equal(new string('a', 40), snapshot.Commit);
        Assert.All(bench.Hub.Requests.Where(r => !r.OnContentHost), r => Assert.NotNull(r.Authorization));
        Assert.Contains("models--old--name", snapshot.Folder, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/models/org/name/revision/main")]
    [InlineData("ftp://127.0.0.1/x")]
    public async Task Redirects_in_circles_or_to_elsewhere_end(string location)
    {
        using var bench = new HubBench();
        bench.AddModel();
        for (var i = 0; i < 20; i++)
        {
            bench.Hub.First.Enqueue((302, $"Location: {location}\r\n"));
        }

        Assert.Equal("FT7211", (await bench.FaultAsync(Wish)).Code);
        Assert.InRange(bench.Hub.Requests.Count, 1, 11);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_asked_for_the_rest()
    {
        using var bench = new HubBench { Silence = TimeSpan.FromMilliseconds(300) };
        bench.AddModel();
        bench.Hub.StallAfter = 200_000;

        var snapshot = await bench.FetchAsync(Wish);

        Assert.Equal(HubBench.Weights(300_000), File.ReadAllBytes(Path.Combine(snapshot.Folder, "model.safetensors")));
        Assert.Equal([null, "bytes=200000-"], bench.Hub.Bodies.Where(r => r.OnContentHost).Select(r => r.Range));
    }

    [Fact]
    public async Task Two_that_want_the_same_download_it_once()
    {
        using var bench = new HubBench();
        bench.AddModel(size: 3_000_000);

        var both = await Task.WhenAll(bench.FetchAsync(Wish), bench.FetchAsync(Wish));

        Assert.Equal(both[0].Folder, both[1].Folder);
        Assert.Single(bench.Hub.Bodies, r => r.OnContentHost);
    }

    [Fact]
    public async Task An_adapter_is_taken_alone()
    {
        using var bench = new HubBench();
        bench.Hub.Add(
            "org/lora",
            "main",
            'e',
            ("adapter_config.json", [1]),
            ("adapter_model.safetensors", [2]),
            ("optimizer.pt", [3]),
            ("checkpoint-5/adapter_model.safetensors", [4])
        );

        var snapshot = await bench.FetchAsync(new HubWish(HubReference.Parse("hub:org/lora")!, HubPart.Adapter));

        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], HubCache.FilesIn(snapshot.Folder));
    }

    [Fact]
    public async Task Tables_are_taken_by_configuration_and_split_from_a_conversion()
    {
        using var bench = new HubBench();
        bench.Hub.Add(
            "datasets/org/rows",
            "refs/convert/parquet",
            'd',
            ("en/train/0000.parquet", [1]),
            ("en/test/0000.parquet", [2]),
            ("fr/train/0000.parquet", [3])
        );
        var reference = HubReference.Parse("hub-dataset:org/rows@refs/convert/parquet")!;
        var wish = new HubWish(reference, HubPart.Tables, new HubTables([], "en", "train"));

        var snapshot = await bench.FetchAsync(wish);

        Assert.Equal(["en/train/0000.parquet"], HubCache.FilesIn(snapshot.Folder));
        Assert.Contains("datasets--org--rows", snapshot.Folder, StringComparison.Ordinal);
        Assert.Contains(bench.Hub.Requests, r => r.Path.EndsWith("refs%2Fconvert%2Fparquet", StringComparison.Ordinal));

        // Another split of the same dataset is not there by that, and has the commit of the first.
        bench.Lock.Pin(wish, snapshot);
        var other = wish with { Tables = new HubTables([], "en", "test") };
        Assert.NotNull(bench.Shelf.Find(wish));
        Assert.Null(bench.Shelf.Find(other));
        Assert.Equal(snapshot.Commit, bench.Lock.CommitOf(reference));
    }

    [Fact]
    public async Task Where_all_is_there_nothing_is_written_so_a_cache_may_be_read_only()
    {
        using var bench = new HubBench();
        bench.AddModel();
        await bench.FetchAsync(Wish);
        Directory.Delete(Path.Combine(bench.CacheFolder, ".locks"), recursive: true);
        File.Delete(Path.Combine(bench.CacheFolder, "CACHEDIR.TAG"));

        await bench.FetchAsync(Wish);

        Assert.Equal(
            ["models--org--name"],
            Directory.EnumerateFileSystemEntries(bench.CacheFolder).Select(e => Path.GetFileName(e))
        );
    }
}
