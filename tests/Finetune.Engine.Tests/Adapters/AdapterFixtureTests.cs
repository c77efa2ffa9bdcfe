using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Adapters;

/// <summary>What PEFT computes with its own adapter folders, in float32.</summary>
public sealed class AdapterFixtureTests
{
    private const string Prefix = "base_model.model.";

    public static TheoryData<string> Folders => FixtureRoots.Cases("adapters");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Logits_loss_and_gradients_are_those_of_PEFT(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Load(folder);
        var golden = Golden.Read(folder);
        Assert.Equal(
            Expected(folder)["trainable_parameters"]!.GetValue<long>(),
            model.parameters().Where(p => p.requires_grad).Sum(p => p.numel())
        );
        golden.CheckLogits(golden.Logits(model));
        golden.CheckGradients(model, Prefix);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Six_steps_of_AdamW_end_where_PyTorch_ends(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Load(folder);
        Golden.Read(folder).CheckTraining(model, Prefix);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Greedy_tokens_are_the_same_alone_and_in_a_batch(string folder)
    {
        using var model = Load(folder);
        Golden.Read(folder).CheckGeneration(model);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Merged_it_gives_the_same_logits_and_removed_the_base_s(string folder)
    {
        using var scope = NewDisposeScope();
        using var merged = Load(folder);
        using var removed = Load(folder);
        using var untouched = ModelFolder.Load(Base(folder));
        var golden = Golden.Read(folder);
        LoraAdapter.Merge(merged);
        LoraAdapter.Remove(removed);
        golden.CheckLogits(golden.Logits(merged));
        golden.CheckValues(golden.Logits(merged), Expected(folder)["merged"]!);
        Assert.True(golden.Logits(removed).equal(golden.Logits(untouched)).all().item<bool>());
        Assert.All(merged.parameters(), p => Assert.True(p.requires_grad));
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Saved_and_read_again_no_logit_changes(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Load(folder);
        using var copy = Scratch.New();
        LoraAdapter.Save(model, copy.Path, "base");
        using var again = ModelFolder.Load(Base(folder));
        LoraAdapter.Load(again, copy.Path);
        var golden = Golden.Read(folder);
        Assert.True(golden.Logits(model).equal(golden.Logits(again)).all().item<bool>());
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder, "adapter_model.safetensors")),
            File.ReadAllBytes(Path.Combine(copy.Path, "adapter_model.safetensors"))
        );
    }

    private static CausalModel Load(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var family = ModelConfig.Read(Base(folder)).ModelType;
        Skip.IfNot(ModelFamilies.Names.Contains(family), $"{Path.GetFileName(folder)}: {family} is not a known family");
        var model = ModelFolder.Load(Base(folder));
        LoraAdapter.Load(model, folder);
        return model;
    }

    private static JsonNode Expected(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!;

    // The base is named relative to the root that holds adapters/ and models/.
    private static string Base(string folder) =>
        Path.Combine(folder, "..", "..", Expected(folder)["base"]!.GetValue<string>());
}
