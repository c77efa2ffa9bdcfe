using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>What Transformers computes for small random models of each family, in float32.</summary>
public sealed class ModelFixtureTests
{
    public static TheoryData<string> Folders => FixtureRoots.Cases("models");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Logits_loss_and_gradients_are_those_of_Transformers(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Load(folder);
        var golden = Golden.Read(folder);
        golden.CheckLogits(golden.Logits(model));
        golden.CheckGradients(model);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Configurations_of_version_4_give_the_same_numbers(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Load(folder);
        using var copy = Scratch.Copy(folder);
        File.Copy(Path.Combine(folder, "config.v4.json"), Path.Combine(copy.Path, "config.json"), overwrite: true);
        using var old = ModelFolder.Load(copy.Path);
        var golden = Golden.Read(folder);
        Assert.True(golden.Logits(model).equal(golden.Logits(old)).all().item<bool>());
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Six_steps_of_AdamW_end_where_PyTorch_ends(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Load(folder);
        Golden.Read(folder).CheckTraining(model);
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
    public void Saved_and_read_again_no_logit_changes_and_bytes_repeat(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = Load(folder);
        using var first = Scratch.New();
        using var second = Scratch.New();
        ModelFolder.Save(model, first.Path);
        using var again = ModelFolder.Load(first.Path);
        ModelFolder.Save(again, second.Path);
        var golden = Golden.Read(folder);
        Assert.True(golden.Logits(model).equal(golden.Logits(again)).all().item<bool>());
        Assert.All(
            ModelFolder.FilesIn(first.Path),
            path =>
                Assert.Equal(
                    File.ReadAllBytes(path),
                    File.ReadAllBytes(Path.Combine(second.Path, Path.GetFileName(path)))
                )
        );
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Layers_computed_twice_give_the_same_gradients(string folder)
    {
        using var model = Load(folder);
        Recomputed.Check(model, Golden.Read(folder).Logits);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Of_the_tokens_that_are_wanted_alone_all_is_the_same(string folder)
    {
        using var model = Load(folder);
        var golden = Golden.Read(folder);
        WantedRows.Check(model, golden.Laid);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Any_layer_of_one_stack_can_be_entered_with_what_the_layers_below_made(string folder)
    {
        using var model = Load(folder);
        Skip.If(model.LayersName is null, "an encoder and a decoder are not one stack");
        Entered.Check(model, [.. Golden.Read(folder).Rows]);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Passes_leave_no_tensor_behind_and_bf16_stays_near(string folder)
    {
        using var wide = Load(folder);
        using var narrow = ModelFolder.Load(folder, Precision.BFloat16);
        var golden = Golden.Read(folder);
        var counts = new List<long>();
        for (var step = 0; step < 4; step++)
        {
            using (NewDisposeScope())
            {
                var logits = golden.Logits(wide);
                logits.sum().backward();
                var rounded = golden.Logits(narrow).to(ScalarType.Float32);
                rounded.sum().backward();
                var alike = nn.functional.cosine_similarity(logits, rounded, 1).mean().item<float>();
                Assert.InRange(alike, 0.97, 1.0001);
            }

            counts.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(counts[1], counts[^1]);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Parameters_are_counted_without_loading_them(string folder)
    {
        using var model = Load(folder);
        var count = model.parameters().Sum(p => p.numel());
        Assert.Equal(count, ModelFolder.ParameterCount(folder));
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!;
        Assert.Equal(expected["parameters"]!.GetValue<long>(), count);
    }

    private static CausalModel Load(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var family = ModelConfig.Read(folder).ModelType;
        Skip.IfNot(ModelFamilies.Names.Contains(family), $"{Path.GetFileName(folder)}: {family} is not a known family");
        return ModelFolder.Load(folder);
    }
}
