using Finetune.Graph.Planning;
using Finetune.Stages.Compilation;
using Finetune.Stages.Hub;
using Finetune.Tests.Stages.Hub;

namespace Finetune.Tests.Stages.Compilation;

/// <summary>Documents that take something from the Hub: no network here, a lock and a cache.</summary>
public sealed class HubDocumentTests
{
    private const string Rows = "text,category\na,b\nc,d\n";

    [Fact]
    public void What_is_not_fetched_is_absent_and_the_rest_is_planned()
    {
        using var folder = new PipelineFolder();

        var compiled = Compile(folder, "model.base=hub:org/name");

        Assert.Equal(["hub:org/name@main"], compiled.Missing.Select(w => w.LockName));
        Assert.IsType<FileInput>(compiled.Plan.Find("ingest.messages")!.Inputs[0]);
        Assert.All(
            new[] { "tokenize", "train.instruct", "evaluate.zero_shot", "export.huggingface" },
            name => Assert.Contains(compiled.Plan.Find(name)!.Inputs, i => i is AbsentInput)
        );
        Assert.DoesNotContain(compiled.Plan.Find("render")!.Inputs, i => i is AbsentInput);
    }

    [Fact]
    public void What_only_the_models_files_can_tell_waits_for_them()
    {
        using var folder = new PipelineFolder();
        folder.Text = folder
            .Text.Replace("format: huggingface, to: out/model", "format: gguf, to: out/small.gguf")
            .Replace(
                """terse: { prompt: "{{ message }}\nIntent:", completion: " {{ intent }}", answer""",
                """terse: { messages: [{ role: user, content: "{{ message }}" }, { role: assistant, content: "{{ intent }}" }], answer"""
            );

        var compiled = Compile(folder, "model.base=hub:org/name");

        Assert.Contains(compiled.Plan.Find("export.gguf")!.Inputs, i => i is AbsentInput);
        Assert.Contains(compiled.Plan.Find("render")!.Inputs, i => i is AbsentInput);
    }

    [Fact]
    public void What_is_wrong_in_the_document_is_told_before_anything_is_fetched()
    {
        using var folder = new PipelineFolder();

        var fault = Assert.Throws<Finetune.Graph.Diagnostics.PipelineException>(() =>
            Compile(folder, "model.base=hub:org/name", "splits.test=0.7")
        );

        Assert.Equal("FT4101", Assert.Single(fault.Diagnostics).Code);
    }

    [Fact]
    public async Task What_is_pinned_and_here_are_files_like_others()
    {
        using var folder = new PipelineFolder();
        using var bench = new HubBench();
        var tiny = Path.Combine(folder.Root, "models", "tiny");
        bench.Hub.Add(
            "org/name",
            "main",
            'a',
            [.. Directory.GetFiles(tiny).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))]
        );
        bench.Hub.Add("datasets/org/rows", "main", 'd', ("data/train.csv", HubBench.Text(Rows)));
        var model = HubBench.Model("hub:org/name");
        var table = new HubWish(
            HubReference.Parse("hub-dataset:org/rows")!,
            HubPart.Tables,
            new HubTables([], null, "train")
        );
        var pins = HubLock.In(folder.Root);
        pins.Pin(model, await bench.FetchAsync(model));
        pins.Pin(table, await bench.FetchAsync(table));

        var compiled = CompileWith(
            folder,
            bench.CacheFolder,
            "model.base=hub:org/name",
            "model.tokenizer=hub:org/name@main",
            "sources.messages={path: hub-dataset:org/rows, split: train, columns: {message: text, intent: category}}"
        );

        Assert.Empty(compiled.Missing);
        Assert.Equal(3, compiled.FromHub.Count);
        var rows = Assert.IsType<FileInput>(compiled.Plan.Find("ingest.messages")!.Inputs[0]);
        Assert.Equal(Rows, File.ReadAllText(Assert.Single(rows.Paths)));
        Assert.Equal("csv", (string)compiled.Plan.Find("ingest.messages")!.Settings["format"]!);
        Assert.Contains(
            "hub:org/name@main (commit aaaaaaaaaaaa)",
            compiled.Document.ToJsonString(),
            StringComparison.Ordinal
        );

        // The same files in a folder give the same inputs, by content and name.
        var plain = folder.Compile();
        string[] Inputs(CompiledPipeline pipeline) =>
            [
                .. ((FileInput)pipeline.Plan.Find("evaluate.zero_shot")!.Inputs[0]).Paths.Select(p =>
                    $"{Path.GetFileName(p)} {Convert.ToHexString(File.ReadAllBytes(p))}"
                ),
            ];
        Assert.Equal(Inputs(plain), Inputs(compiled));
    }

    [Fact]
    public void An_adapter_and_a_tokenizer_of_the_hub_are_waited_for()
    {
        using var folder = new PipelineFolder();

        var compiled = Compile(folder, "model.adapter.start_from=hub:org/lora@v2", "model.tokenizer=hub:org/words");

        Assert.Equal([HubPart.Tokenizer, HubPart.Adapter], compiled.Missing.Select(w => w.Part));
        Assert.Contains(
            compiled.Plan.Find("train.instruct")!.Inputs,
            i =>
                i is AbsentInput { Name: "start_from", Reason: var reason }
                && reason.StartsWith("hub:org/lora@v2 ", StringComparison.Ordinal)
        );
    }

    private static CompiledPipeline Compile(PipelineFolder folder, params string[] overrides) =>
        CompileWith(folder, Path.Combine(folder.Root, "cache"), overrides);

    private static CompiledPipeline CompileWith(PipelineFolder folder, string cache, params string[] overrides) =>
        Compiler.Compile(
            folder.Read(overrides),
            new CompileOptions { ModelTypes = ["llama", "mistral"], HubCache = cache }
        );
}
