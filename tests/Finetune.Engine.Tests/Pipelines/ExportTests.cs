using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Export.Gguf;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Every export format on the real process: files, their check, and what the report says of it.</summary>
public sealed class ExportTests
{
    [SkippableFact]
    public void Each_format_is_written_read_back_and_told()
    {
        using var workspace = new Workspace();
        workspace.Edit(
            "pipeline.yml",
            "model: { base: \"builtin:tiny\" }",
            "model: { base: \"builtin:tiny\", adapter: { kind: lora, rank: 4, alpha: 8 } }"
        );
        workspace.Edit("pipeline.yml", "epochs: 2", "max_steps: 4");
        workspace.Edit(
            "pipeline.yml",
            "report: { samples: 5 }",
            """
            export:
              - { format: huggingface, to: out/merged, shard_size: 1MB }
              - { format: peft, to: out/adapter }
              - { format: gguf, to: out/small.gguf, type: f32 }
            report: { samples: 5 }
            """
        );
        var run = workspace.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        foreach (var format in new[] { "huggingface", "peft", "gguf" })
        {
            var parity = JsonNode.Parse(File.ReadAllText(run.PathOf($"export.{format}", "parity")))!;
            Assert.True((bool)parity["lossless"]!);
            Assert.Equal(20, (int)parity["prompts"]!);
            Assert.True((double)parity["log_prob_gap"]! < 1e-4);
        }

        var merged = Path.Combine(workspace.Folder, "out", "merged");
        Assert.True(WeightFiles.In(merged).Count > 2);
        Assert.StartsWith("---\nlibrary_name: transformers\n", File.ReadAllText(Path.Combine(merged, "README.md")));
        var adapter = File.ReadAllText(Path.Combine(workspace.Folder, "out", "adapter", "README.md"));
        Assert.StartsWith("---\nlibrary_name: peft\n", adapter);
        Assert.DoesNotContain(workspace.Folder, adapter, StringComparison.Ordinal);
        Assert.Contains("FROM ./small.gguf", File.ReadAllText(Path.Combine(workspace.Folder, "out", "Modelfile")));
        CheckRoundTrips(workspace.Folder);
        var gguf = new IndependentReader(Path.Combine(workspace.Folder, "out", "small.gguf"));
        Assert.Equal("llama", gguf.Values["general.architecture"]);
        Assert.Contains("id=\"exports\"", File.ReadAllText((string)run.RunFinished["report"]!));
        Assert.Equal("", workspace.Run().Executed);
    }

    // Read by our reader and written again, nothing changes, configurations included.
    private static void CheckRoundTrips(string folder)
    {
        using var again = Models.Scratch.New();
        var (merged, adapter) = (Path.Combine(folder, "out", "merged"), Path.Combine(folder, "out", "adapter"));
        using (var model = ModelFolder.Load(merged))
        {
            ModelFolder.Save(model, again.Path, new WeightLayout(_ => StoredType.F32, 1_000_000));
        }

        using (var model = ModelFolder.Load(ToolProcess.RepositoryFile("pipelines", "builtin", "tiny")))
        {
            LoraAdapter.Load(model, adapter);
            var config = JsonNode.Parse(File.ReadAllText(Path.Combine(adapter, "adapter_config.json")))!;
            LoraAdapter.Save(model, again.Path, (string)config["base_model_name_or_path"]!);
        }

        var written = Directory.GetFiles(again.Path);
        Assert.Contains(written, file => file.EndsWith("adapter_model.safetensors", StringComparison.Ordinal));
        foreach (var file in written)
        {
            var name = Path.GetFileName(file);
            var original = Path.Combine(name.StartsWith("adapter", StringComparison.Ordinal) ? adapter : merged, name);
            Assert.True(File.ReadAllBytes(original).AsSpan().SequenceEqual(File.ReadAllBytes(file)), name);
        }
    }

    [SkippableFact]
    public void A_family_without_a_place_in_gguf_is_told_before_anything_runs()
    {
        using var workspace = new Workspace();
        workspace.Edit("pipeline.yml", "report:", "export: [{ format: gguf, to: out/x.gguf }]\nreport:");
        using var model = Models.TinyT5.Folder();
        workspace.Edit("pipeline.yml", "builtin:tiny", model.Path);
        var result = ToolProcess.Run(workspace.Folder, ["validate", "pipeline.yml"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("FT7108", result.Error, StringComparison.Ordinal);
        Assert.Contains("t5", result.Error, StringComparison.Ordinal);
    }
}
