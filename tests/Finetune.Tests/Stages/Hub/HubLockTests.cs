using Finetune.Graph.Diagnostics;
using Finetune.Stages.Hub;

namespace Finetune.Tests.Stages.Hub;

public sealed class HubLockTests
{
    private static readonly HubWish Wish = HubBench.Model("hub:org/name");

    [Fact]
    public async Task The_lock_says_commit_and_hashes_and_is_the_same_text_every_time()
    {
        using var bench = new HubBench();
        bench.AddModel();
        bench.Lock.Pin(Wish, await bench.FetchAsync(Wish));
        var text = File.ReadAllText(Path.Combine(bench.Root, HubLock.FileName));

        bench.Lock.Pin(Wish, await bench.FetchAsync(Wish));

        Assert.Equal(text, File.ReadAllText(Path.Combine(bench.Root, HubLock.FileName)));
        Assert.Equal(
            $$"""
            {
              "version": 1,
              "hub": {
                "hub:org/name@main": {
                  "commit": "{{new string('a', 40)}}",
                  "files": {
                    "config.json": "git:{{LoopbackHub.HashOf("a.json", HubBench.Text("{\"model_type\":\"llama\"}"))}}",
                    "model.safetensors": "sha256:{{LoopbackHub.HashOf("a.safetensors", HubBench.Weights(300_000))}}",
                    "tokenizer.json": "git:{{LoopbackHub.HashOf("a.json", HubBench.Text("{\"commit\":\"a\"}"))}}"
                  }
                }
              }
            }

            """.ReplaceLineEndings("\n"),
            text
        );
    }

    [Fact]
    public async Task A_moved_revision_changes_nothing_until_the_pin_is_forgotten()
    {
        using var bench = new HubBench();
        bench.AddModel('a');
        bench.Lock.Pin(Wish, await bench.FetchAsync(Wish));
        bench.AddModel('b');
        Directory.Delete(bench.CacheFolder, recursive: true);

        Assert.Equal(new string('a', 40), (await bench.FetchAsync(Wish)).Commit);

        File.Delete(Path.Combine(bench.Root, HubLock.FileName));
        Assert.Equal(new string('b', 40), (await bench.FetchAsync(Wish)).Commit);
    }

    [Fact]
    public async Task The_shelf_has_what_is_pinned_and_whole()
    {
        using var bench = new HubBench();
        bench.AddModel();
        var snapshot = await bench.FetchAsync(Wish);
        Assert.Null(bench.Shelf.Find(Wish));

        bench.Lock.Pin(Wish, snapshot);
        Assert.Equal(snapshot.Folder, bench.Shelf.Find(Wish)!.Folder);
        Assert.NotNull(bench.Shelf.Find(Wish with { Part = HubPart.Tokenizer }));
        Assert.Null(bench.Shelf.Find(Wish with { Part = HubPart.Adapter }));
        Assert.Null(bench.Shelf.Find(HubBench.Model("hub:org/name@v1")));

        File.Delete(Path.Combine(snapshot.Folder, "tokenizer.json"));
        Assert.Null(bench.Shelf.Find(Wish));
    }

    [Fact]
    public async Task Other_bytes_under_a_pinned_commit_are_refused()
    {
        using var bench = new HubBench();
        bench.AddModel('a', size: 1000);
        bench.Lock.Pin(Wish, await bench.FetchAsync(Wish));
        bench.AddModel('a', size: 1001);

        Assert.Equal("FT7207", (await bench.FaultAsync(Wish)).Code);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":2,"hub":{}}""")]
    [InlineData("""{"version":1,"hub":{"hub:a@main":{"commit":"../x","files":{}}}}""")]
    [InlineData(
        """{"version":1,"hub":{"hub:a@main":{"commit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","files":{"../x":"git:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}}}"""
    )]
    public void A_broken_lock_is_an_error_and_no_empty_one(string text)
    {
        using var bench = new HubBench();
        File.WriteAllText(Path.Combine(bench.Root, HubLock.FileName), text);

        var exception = Assert.Throws<PipelineException>(() => bench.Lock);

        Assert.Equal("FT7213", exception.Diagnostics[0].Code);
    }
}
