using System.Text;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Hub;

namespace Finetune.Tests.Stages.Hub;

/// <summary>A server, an empty cache and a document's folder; time passes at once.</summary>
internal sealed class HubBench : IDisposable
{
    public HubBench() => Root = Directory.CreateTempSubdirectory("finetune-hub-").FullName;

    public string Root { get; }

    public LoopbackHub Hub { get; } = new();

    public InstantClock Clock { get; } = new();

    public string? Token { get; set; }

    public bool Offline { get; set; }

    public Func<string, long>? FreeSpace { get; set; }

    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(30);

    public string CacheFolder => Path.Combine(Root, "cache");

    public HubCache Cache => new(CacheFolder);

    public HubLock Lock => HubLock.In(Root);

    public HubShelf Shelf => new(Cache, Lock);

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Bytes that are not the same anywhere.</summary>
    public static byte[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 31 + (i >> 8)))];

    public static HubWish Model(string text) => new(HubReference.Parse(text)!, HubPart.Model);

    /// <summary>A small model in the repository org/name.</summary>
    public HubRepository AddModel(char commit = 'a', int size = 300_000) =>
        Hub.Add(
            "org/name",
            "main",
            commit,
            ("config.json", Text("""{"model_type":"llama"}""")),
            ("tokenizer.json", Text($$"""{"commit":"{{commit}}"}""")),
            ("model.safetensors", Weights(size)),
            ("pytorch_model.bin", Text("pickle")),
            ("README.md", Text("words"))
        );

    public async Task<HubSnapshot> FetchAsync(HubWish wish)
    {
        using var fetcher = new HubFetcher(
            new HubEnvironment
            {
                Endpoint = new Uri(Hub.Address + "/"),
                CacheFolder = CacheFolder,
                Token = Token,
                Offline = Offline,
                Silence = Silence,
            },
            Clock,
            FreeSpace
        );
        return await fetcher.FetchAsync(wish, Lock, new Progress<StageProgress>(), CancellationToken.None);
    }

    /// <summary>The one fault of a fetch.</summary>
    public async Task<Diagnostic> FaultAsync(HubWish wish) =>
        Assert.Single((await Assert.ThrowsAsync<PipelineException>(() => FetchAsync(wish))).Diagnostics);

    public void Dispose()
    {
        Hub.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
