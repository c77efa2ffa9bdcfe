using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Quantization;
using Finetune.Engine.Tests.Models;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Adapters over a quantised base, and over stages: what each leaves is what the next begins with.</summary>
public sealed class AdapterRunTests
{
    // A step this small moves no float32 weight that is not zero: what a stage began with can be read from what it left.
    private const string Still = "max_steps: 2, batch_size: 4, learning_rate: 1.0e-30, keep: last";
    private const string Moving = "max_steps: 3, batch_size: 4, learning_rate: 1.0e-2, keep: last";

    [SkippableFact]
    public void Over_a_quantised_base_a_killed_training_ends_with_the_same_bytes_and_the_export_is_what_was_trained()
    {
        const string Model =
            "{ base: \"builtin:tiny\", quantization: nf4, adapter: { kind: lora, rank: 4, alpha: 8 } }";
        using var uncut = With(Model, null);
        var whole = uncut.Run();
        Assert.True(whole.ExitCode == 0, whole.Error);
        using var cut = With(Model, null);
        Cut.KillAtStep(cut, 12);
        var resumed = cut.Run();
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        var trained = whole.PathOf("train.instruct", "model");
        Assert.Equal(Workspace.Digest(trained), Workspace.Digest(resumed.PathOf("train.instruct", "model")));
        Assert.True(LoraAdapter.IsAdapterFolder(trained));
        Assert.Equal("", uncut.Run().Executed);

        using var expected = ModelFolder.Load(Base, format: WeightFormat.DoubleNormalFloat);
        LoraAdapter.Load(expected, trained);
        LoraAdapter.Merge(expected);
        Same(expected, whole.PathOf("export.huggingface", "model"));

        // Another way to hold the base is another model, for the contender without training too.
        uncut.Edit("pipeline.yml", "quantization: nf4", "quantization: nf4, double_quantization: false");
        Assert.Contains("evaluate.zero_shot evaluate.tuned", uncut.Run().Executed, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Frozen_layers_run_once_for_every_epoch_and_run()
    {
        const string Model = "{ base: \"builtin:tiny\", adapter: { kind: lora, rank: 4, layers: { last: 1 } } }";
        using var uncut = With(Model, null);
        var whole = uncut.Run();
        Assert.True(whole.ExitCode == 0, whole.Error);
        Assert.Contains("prefix.instruct train.instruct", whole.Executed, StringComparison.Ordinal);
        using var cut = With(Model, null);
        Cut.KillAtStep(cut, 12);
        var resumed = cut.Run();
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.DoesNotContain("prefix", resumed.Executed, StringComparison.Ordinal);
        Assert.Equal(
            Workspace.Digest(whole.PathOf("train.instruct", "model")),
            Workspace.Digest(resumed.PathOf("train.instruct", "model"))
        );

        // Another training on the same layers reads what is there.
        uncut.Edit("pipeline.yml", "epochs: 2", "epochs: 1");
        var shorter = uncut.Run();
        Assert.Contains("train.instruct", shorter.Executed, StringComparison.Ordinal);
        Assert.DoesNotContain("prefix", shorter.Executed, StringComparison.Ordinal);

        // And one that runs all layers learns the same.
        uncut.Edit("pipeline.yml", "epochs: 1", "epochs: 1, cache_prefix: false");
        var running = uncut.Run();
        Assert.Contains("train.instruct", running.Executed, StringComparison.Ordinal);
        var losses = Losses(shorter);
        Assert.Equal(losses.Length, Losses(running).Length);
        Assert.All(losses.Zip(Losses(running)), p => Assert.InRange(p.Second / p.First, 1 - 1e-5, 1 + 1e-5));

        // Other layers, other states.
        uncut.Edit("pipeline.yml", ", cache_prefix: false", "");
        uncut.Edit("pipeline.yml", "last: 1", "last: 2");
        Assert.Contains("prefix.instruct train.instruct", uncut.Run().Executed, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_stage_goes_on_with_the_adapter_before_it_or_begins_one_over_the_merged_weights()
    {
        using var work = With(
            "{ base: \"builtin:tiny\", adapter: { kind: lora, rank: 4, alpha: 8 } }",
            $$"""
              - { name: first, {{Moving}} }
              - { name: on, {{Still}} }
              - { name: merged, adapter: merge, {{Still}} }
              - { name: carried, adapter: continue, {{Moving}} }
            """
        );
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        string Of(string stage) => run.PathOf($"train.{stage}", "model");
        Assert.Equal(Adapter(Of("first")), Adapter(Of("on")));

        using var first = ModelFolder.Load(Base);
        LoraAdapter.Load(first, Of("first"));
        LoraAdapter.Merge(first);
        Same(first, Of("merged"));
        Assert.NotEqual(Adapter(Of("merged")), Adapter(Of("carried")));
        Same(first, Of("carried"));

        Same(first, Path.Combine(run.PathOf("export.peft", "model"), "base"));
        LoraAdapter.Load(first, run.PathOf("export.peft", "model"));
        LoraAdapter.Merge(first);
        Same(first, run.PathOf("export.huggingface", "model"));
    }

    [SkippableFact]
    public void All_weights_after_an_adapter_and_an_adapter_after_all_weights()
    {
        using var work = With(
            "{ base: \"builtin:tiny\", adapter: { kind: lora, rank: 4, alpha: 8 } }",
            $$"""
              - { name: first, {{Moving}} }
              - { name: all, adapter: none, {{Still}} }
              - { name: last, adapter: { kind: lora, rank: 2, alpha: 2, targets: [q_proj] }, {{Moving}} }
            """
        );
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        using var first = ModelFolder.Load(Base);
        LoraAdapter.Load(first, run.PathOf("train.first", "model"));
        LoraAdapter.Merge(first);
        Same(first, run.PathOf("train.all", "model"));
        Assert.False(LoraAdapter.IsAdapterFolder(run.PathOf("train.all", "model")));
        LoraAdapter.Load(first, run.PathOf("train.last", "model"));
        LoraAdapter.Merge(first);
        Same(first, run.PathOf("export.huggingface", "model"));
    }

    [SkippableFact]
    public void A_merge_over_a_quantised_base_is_quantised_anew()
    {
        using var work = With(
            "{ base: \"builtin:tiny\", quantization: nf4, adapter: { kind: lora, rank: 4, alpha: 8 } }",
            $$"""
              - { name: first, {{Moving}} }
              - { name: second, adapter: merge, {{Moving}} }
            """
        );
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        using var first = ModelFolder.Load(Base, format: WeightFormat.DoubleNormalFloat);
        LoraAdapter.Load(first, run.PathOf("train.first", "model"));
        LoraAdapter.Merge(first);
        Same(first, run.PathOf("train.second", "model"));
        using var scratch = Scratch.New();
        ModelFolder.Save(first, scratch.Path);
        using var second = ModelFolder.Load(scratch.Path, format: WeightFormat.DoubleNormalFloat);
        LoraAdapter.Load(second, run.PathOf("train.second", "model"));
        LoraAdapter.Merge(second);
        Same(second, run.PathOf("export.huggingface", "model"));
    }

    private static string Base => ToolProcess.RepositoryFile("pipelines", "builtin", "tiny");

    private static Workspace With(string model, string? stages)
    {
        var work = new Workspace();
        work.Edit("pipeline.yml", "{ base: \"builtin:tiny\" }", model);
        var exports = stages is null ? "" : ", { format: peft, to: out/peft }";
        work.Edit("pipeline.yml", "report:", $"export: [{{ format: huggingface, to: out/model }}{exports}]\nreport:");
        if (stages is not null)
        {
            var line = File.ReadLines(work.Pipeline)
                .Single(l => l.Contains("name: instruct", StringComparison.Ordinal));
            work.Edit("pipeline.yml", line, stages);
            work.Edit("pipeline.yml", "[zero_shot, tuned]", "[tuned]");
        }

        return work;
    }

    private static double[] Losses(ToolProcess run) =>
        [
            .. Workspace
                .Lines(run.PathOf("train.instruct", "log"))
                .Where(line => line["loss"] is not null)
                .Select(line => (double)line["loss"]!),
        ];

    private static byte[] Adapter(string folder) =>
        File.ReadAllBytes(Path.Combine(folder, "adapter_model.safetensors"));

    private static void Same(CausalModel expected, string folder)
    {
        using var found = ModelFolder.Load(folder);
        foreach (var (wanted, there) in expected.named_parameters().Zip(found.named_parameters()))
        {
            Assert.Equal(wanted.name, there.name);
            Assert.True(wanted.parameter.bytes.SequenceEqual(there.parameter.bytes), wanted.name);
        }
    }
}
