using Finetune.Engine.Adapters;
using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Quantization;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>A model with quantised weights is the model whose weights are what the codes stand for. By itself: dropout draws
/// from the one generator that all tests share.</summary>
[Collection("alone")]
public sealed class FrozenModelTests
{
    private static readonly int[][] Documents =
    [
        [1, 5, 9, 12, 7, 3],
        [1, 8, 8, 30],
        [1, 2],
    ];

    public static TheoryData<string> Families => ["llama", "gpt2", "phi3", "mixtral"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_and_gradients_of_an_adapter_are_those_over_the_dequantised_weights(string family)
    {
        using var folder = Checkpoint(family);
        using var frozen = Load(folder, Precision.Float32);
        using var whole = Load(folder, Precision.Float32);
        LoraAdapter.Merge(whole);
        var options = new LoraOptions(2, 4, 0, false, null);
        Disturb(frozen, options);
        Disturb(whole, options);
        Near(Step(whole), Step(frozen), 1e-5);
        Near(Gradients(whole), Gradients(frozen), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Layers_computed_twice_give_the_same_gradients_and_leave_nothing_behind(string family)
    {
        using var folder = Checkpoint(family);
        using var model = Load(folder, Precision.Float32);
        Disturb(model, new LoraOptions(2, 4, 0.1, false, null));
        Recomputed.Check(model, m => m.Logits(m.Hidden(Asked())));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_linear_layer_but_head_and_routers_is_quantised(string family)
    {
        using var folder = Checkpoint(family);
        using var model = Load(folder, Precision.Float32);
        foreach (var (name, module) in model.named_modules())
        {
            if (module is Linear layer)
            {
                var kept = name == "lm_head" || name.EndsWith("block_sparse_moe.gate", StringComparison.Ordinal);
                Assert.Equal(!kept, layer.Frozen is not null);
            }
        }

        using var outline = ModelFolder.Outline(folder.Path);
        Assert.Equal(outline.parameters().Sum(p => p.numel()), model.parameters().Sum(p => p.numel()));
        Assert.DoesNotContain(model.parameters(), p => p.requires_grad && p.device_type == TorchSharp.DeviceType.META);
    }

    [Fact]
    public void A_norm_and_magnitude_of_DoRA_are_those_over_the_dequantised_weights()
    {
        using var folder = Checkpoint("llama");
        using var frozen = Load(folder, Precision.Float32);
        using var whole = Load(folder, Precision.Float32);
        LoraAdapter.Merge(whole);
        var options = new LoraOptions(2, 4, 0, false, null) { Dora = true };
        Disturb(frozen, options);
        Disturb(whole, options);
        Near(Step(whole), Step(frozen), 1e-5);
        Near(Gradients(whole), Gradients(frozen), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Merged_it_is_a_whole_model_that_gives_the_same_logits(string family)
    {
        using var folder = Checkpoint(family);
        using var model = Load(folder, Precision.Float32);
        Disturb(model, new LoraOptions(2, 4, 0, false, [Some(family)]));
        var before = Logits(model);
        LoraAdapter.Merge(model);
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
        Near([before], [Logits(model)], 1e-4);
        using var saved = Scratch.New();
        ModelFolder.Save(model, saved.Path);
        using var again = ModelFolder.Load(saved.Path);
        Assert.True(Logits(model).equal(Logits(again)).all().item<bool>());
    }

    [Fact]
    public void Generated_tokens_are_those_of_the_dequantised_model()
    {
        using var folder = Checkpoint("llama");
        using var frozen = Load(folder, Precision.Float32);
        using var whole = Load(folder, Precision.Float32);
        LoraAdapter.Merge(whole);
        var options = new GenerationOptions(12, 0, 0, 1, 0, [], IgnoreEos: true);
        Assert.Equal(
            new Finetune.Engine.Generation.Generator(whole, null).Generate(Documents, options).Select(r => r.Ids),
            new Finetune.Engine.Generation.Generator(frozen, null).Generate(Documents, options).Select(r => r.Ids)
        );
    }

    [Fact]
    public void In_bfloat16_it_stays_near()
    {
        using var folder = Checkpoint("llama");
        using var narrow = Load(folder, Precision.BFloat16);
        using var wide = Load(folder, Precision.Float32);
        Near([Logits(wide)], [Logits(narrow)], 0.03);
    }

    [Fact]
    public void A_quantised_module_is_not_trained_whole_and_a_quantised_model_not_saved()
    {
        using var folder = Checkpoint("llama");
        using var model = Load(folder, Precision.Float32);
        var options = new LoraOptions(2, 4, 0, false, ["q_proj"]) { ModulesToSave = ["down_proj"] };
        Assert.Contains(
            "quantised",
            Assert.Throws<ArgumentException>(() => LoraAdapter.Attach(model, options, 1)).Message,
            StringComparison.Ordinal
        );
        LoraAdapter.Remove(model);
        Assert.Throws<InvalidOperationException>(() => ModelFolder.Save(model, folder.Path));
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named()
    {
        const string Weight = "model.layers.1.mlp.up_proj.weight";
        using var folder = Checkpoint("llama");
        using (var model = ModelFolder.Load(folder.Path))
        using (no_grad())
        {
            model.named_parameters().Single(p => p.name == Weight).parameter.fill_(float.NaN);
            ModelFolder.Save(model, folder.Path);
        }

        var error = Assert.Throws<ModelFileException>(() => Load(folder, Precision.Float32));
        Assert.Equal(Weight, error.Field);
    }

    [Fact]
    public void Many_stretches_are_one_product()
    {
        using var scope = NewDisposeScope();
        const int Rows = 21;
        const int Columns = 250_007;
        var weight = randn([Rows, Columns], generator: Seeded());
        var plain = weight.data<float>().ToArray();
        using var matrix = QuantizedMatrix.Of(
            Rows,
            Columns,
            twice: true,
            (start, values) => plain.AsSpan((int)start, values.Length).CopyTo(values)
        );
        Assert.True(FrozenProduct.Stretches(matrix).Count() > 2);
        var dequantised = cat([.. FrozenProduct.Stretches(matrix).Select(s => s.Values.clone())]);
        var x = randn([5, Columns], generator: Seeded()).requires_grad_();
        var same = x.detach().clone().requires_grad_();
        var up = randn([5, Rows], generator: Seeded());
        var y = FrozenProduct.Of(x, matrix);
        y.backward([up]);
        var expected = nn.functional.linear(same, dequantised);
        expected.backward([up]);
        Near([expected], [y], 1e-5);
        Near([same.grad!], [x.grad!], 1e-5);
    }

    private static Batch Asked() => Batch.Of(Array.ConvertAll(Documents, d => (ReadOnlyMemory<int>)d), CPU);

    private static string Some(string family) =>
        family switch
        {
            "gpt2" => "c_attn",
            "phi3" => "qkv_proj",
            _ => "q_proj",
        };

    private static TorchSharp.torch.Generator Seeded() => new(3, CPU);

    private static Scratch Checkpoint(string family)
    {
        var folder = TinyModel.Folder(config =>
        {
            config["model_type"] = family;
            config["tie_word_embeddings"] = family == "gpt2";
            config["num_local_experts"] = 3;
            config["num_experts_per_tok"] = 2;
            if (family != "mixtral")
            {
                config.Remove("num_local_experts");
                config.Remove("num_experts_per_tok");
            }

            if (family != "gpt2")
            {
                return;
            }

            config.Clear();
            config["model_type"] = family;
            config["vocab_size"] = 40;
            config["n_embd"] = 16;
            config["n_layer"] = 2;
            config["n_head"] = 4;
            config["n_positions"] = 64;
            config["eos_token_id"] = 2;
        });
        using var model = ModelFolder.Initialize(folder.Path, 11);
        ModelFolder.Save(model, folder.Path);
        return folder;
    }

    private static CausalModel Load(Scratch folder, Precision precision) =>
        ModelFolder.Load(folder.Path, precision, WeightFormat.DoubleNormalFloat);

    // Away from a fresh adapter, whose A has no gradient.
    private static void Disturb(CausalModel model, LoraOptions options)
    {
        LoraAdapter.Attach(model, options, 5);
        using var noGrad = no_grad();
        using var generator = Seeded();
        foreach (var (_, parameter) in model.named_parameters().Where(p => p.parameter.requires_grad))
        {
            using var noise = randn(parameter.shape, generator: generator) * 0.05;
            parameter.add_(noise);
        }
    }

    private static Tensor Logits(CausalModel model)
    {
        using var noGrad = no_grad();
        model.eval();
        return model.Logits(model.Hidden(Asked()));
    }

    private static Tensor[] Step(CausalModel model)
    {
        model.train();
        var logits = model.Logits(model.Hidden(Asked()));
        logits.square().mean().backward();
        return [logits];
    }

    private static Tensor[] Gradients(CausalModel model) =>
        [.. model.parameters().Where(p => p.requires_grad).Select(p => p.grad!)];

    private static void Near(Tensor[] expected, Tensor[] actual, double share)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (wanted, found) in expected.Zip(actual))
        {
            var largest = wanted.abs().max().to(ScalarType.Float32).item<float>();
            var gap = (wanted.to(ScalarType.Float32) - found.to(ScalarType.Float32)).abs().max().item<float>();
            Assert.True(gap <= share * largest && largest > 0, $"{gap} beside {largest}");
        }
    }
}
