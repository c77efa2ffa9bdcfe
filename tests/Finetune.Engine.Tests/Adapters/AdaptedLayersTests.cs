using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Adapters;

/// <summary>Adapters on some layers alone.</summary>
public sealed class AdaptedLayersTests
{
    private static readonly int[][] Documents =
    [
        [1, 7, 9, 30],
        [1, 5],
    ];

    [Theory]
    [InlineData("llama", "layers", "2")]
    [InlineData("llama", "layers", "0 2")]
    [InlineData("gpt2", "h", "1 2")]
    public void Only_they_are_trained_and_PEFT_is_told_which(string family, string pattern, string numbers)
    {
        using var scope = NewDisposeScope();
        using var folder = Folder(family);
        using var model = ModelFolder.Initialize(folder.Path, 3);
        int[] meant = [.. numbers.Split(' ').Select(int.Parse)];
        LoraAdapter.Attach(model, Options(new AdaptedLayers(null, meant)), 5);
        var trained = model.named_parameters().Where(p => p.parameter.requires_grad).ToList();
        Assert.Equal(meant, trained.Select(p => AdaptedLayers.NumberOf(model, p.name)!.Value).Distinct().Order());
        Assert.Equal(2 * meant.Length * (family == "gpt2" ? 4 : 7), trained.Count);
        using (no_grad())
        {
            trained.ForEach(p => p.parameter.normal_(0, 0.1));
        }

        using var saved = Scratch.New();
        LoraAdapter.Save(model, saved.Path, "base");
        using var again = ModelFolder.Initialize(folder.Path, 3);
        LoraAdapter.Load(again, saved.Path);

        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(saved.Path, "adapter_config.json")))!;
        Assert.Equal(meant, config["layers_to_transform"]!.AsArray().Select(n => (int)n!));
        Assert.Equal(pattern, (string?)config["layers_pattern"]);
        Assert.All(config["target_modules"]!.AsArray(), n => Assert.DoesNotContain('.', (string)n!));
        Assert.True(Hidden(model).equal(Hidden(again)).all().item<bool>());
        using var plain = ModelFolder.Initialize(folder.Path, 3);
        Assert.False(Hidden(model).equal(Hidden(plain)).all().item<bool>());
    }

    [Fact]
    public void The_last_are_counted_from_the_end()
    {
        Assert.Equal([10, 11], new AdaptedLayers(2, null).Of(12));
        Assert.Equal([0, 1, 2], new AdaptedLayers(3, null).Of(3));
        Assert.Equal([1, 4], new AdaptedLayers(null, [4, 1, 4]).Of(5));
    }

    [Fact]
    public void Layers_that_are_not_there_are_an_error()
    {
        using var folder = Folder("llama");
        using var model = ModelFolder.Initialize(folder.Path, 3);

        Assert.Contains("the model has 3", Fault(model, new AdaptedLayers(4, null)), StringComparison.Ordinal);
        Assert.Contains("0 to 2", Fault(model, new AdaptedLayers(null, [1, 3])), StringComparison.Ordinal);
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));

        using var encoder = TinyT5.Folder();
        using var t5 = ModelFolder.Initialize(encoder.Path, 3);
        Assert.Contains("not one stack", Fault(t5, new AdaptedLayers(1, null)), StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => t5.Entering(Batch.Of([], CPU), 1));
    }

    [Fact]
    public void Layers_beneath_all_that_is_trained_are_not_computed_twice()
    {
        using var scope = NewDisposeScope();
        using var folder = Folder("llama");
        using var model = ModelFolder.Initialize(folder.Path, 3);
        LoraAdapter.Attach(model, Options(new AdaptedLayers(1, null)), 5);
        using var batch = Batch.Of([.. Documents.Select(d => (ReadOnlyMemory<int>)d)], CPU);
        model.Recomputes = true;
        Assert.False(model.Entering(batch, 2).requires_grad);
        Recomputed.Check(model, m => m.Logits(m.Hidden(batch)));
    }

    private static string Fault(CausalModel model, AdaptedLayers layers) =>
        Assert.Throws<ArgumentException>(() => LoraAdapter.Attach(model, Options(layers), 5)).Message;

    private static LoraOptions Options(AdaptedLayers layers) => new(2, 4, 0, false, null) { Layers = layers };

    private static Scratch Folder(string family) =>
        TinyModel.Folder(c =>
        {
            c["num_hidden_layers"] = 3;
            if (family == "gpt2")
            {
                c.Clear();
                c["model_type"] = family;
                (c["vocab_size"], c["n_embd"], c["n_layer"], c["n_head"]) = (40, 16, 3, 4);
            }
        });

    private static Tensor Hidden(CausalModel model)
    {
        model.eval();
        using var batch = Batch.Of([.. Documents.Select(d => (ReadOnlyMemory<int>)d)], CPU);
        return model.Hidden(batch);
    }
}
