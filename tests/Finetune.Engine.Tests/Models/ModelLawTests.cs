using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

public sealed class ModelLawTests
{
    private static readonly int[][] Documents =
    [
        [1, 7, 9, 30],
        [1, 5],
        [1, 8, 8, 2],
        [1, 39, 38, 37, 36, 35],
    ];

    [Fact]
    public void Documents_in_one_batch_never_see_each_other()
    {
        using var scope = NewDisposeScope();
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3);

        var together = Hidden(model, Documents);
        var alone = cat(Documents.Select(d => Hidden(model, [d])).ToArray(), 0);

        Assert.True(together.allclose(alone, rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void Laws_5_and_6_hold_in_bfloat16_but_for_its_rounding()
    {
        using var scope = NewDisposeScope();
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3, Precision.BFloat16);
        Tensor Wide(int[][] documents) => Hidden(model, documents).to(ScalarType.Float32);

        // A number of bfloat16 is off by 2^-9 of itself at most; states are of size one, and pass two layers.
        const double Rounding = 0.04;
        var together = Wide(Documents);
        Assert.True(
            together.allclose(cat(Documents.Select(d => Wide([d])).ToArray(), 0), rtol: Rounding, atol: Rounding)
        );

        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, null), 5);
        Assert.True(Equal(together, Wide(Documents)));
        using (no_grad())
        {
            using var generator = new Generator(1, CPU);
            foreach (var (name, parameter) in model.named_parameters().Where(p => p.parameter.requires_grad))
            {
                var size = name.Contains("lora_B", StringComparison.Ordinal) ? 0.02 : 0.1;
                parameter.normal_(0, size, generator);
            }
        }

        var adapted = Wide(Documents);
        Assert.False(Equal(together, adapted));
        LoraAdapter.Merge(model);
        Assert.True(adapted.allclose(Wide(Documents), rtol: Rounding, atol: Rounding));
    }

    [Fact]
    public void A_cache_gives_what_the_whole_sequence_gives()
    {
        using var scope = NewDisposeScope();
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        int[] ids = [1, 7, 9, 30, 4, 4, 11];
        using var cache = new KeyValueCache(model.Shape.Layers);
        var parts = new[] { ids[..3], ids[3..4], ids[4..] }
            .Select(part =>
            {
                using var noGrad = no_grad();
                return model.Hidden(Batch.Of([part], CPU, [cache.Length]), [cache]);
            })
            .ToArray();

        Assert.True(cat(parts, 0).allclose(Hidden(model, [ids]), rtol: 0, atol: 1e-6));

        cache.Truncate(3);
        using var noGradAgain = no_grad();
        var again = model.Hidden(Batch.Of([ids.AsMemory(3)], CPU, [cache.Length]), [cache]);
        Assert.True(again.allclose(Hidden(model, [ids])[3..], rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void A_seed_draws_the_same_weights_and_the_padding_row_is_zero()
    {
        using var folder = TinyModel.Folder();
        using var first = ModelFolder.Initialize(folder.Path, 3);
        using var second = ModelFolder.Initialize(folder.Path, 3);
        using var other = ModelFolder.Initialize(folder.Path, 4);

        Assert.True(first.parameters().Zip(second.parameters()).All(p => Equal(p.First, p.Second)));
        Assert.False(Equal(first.HeadWeight, other.HeadWeight));
        using var embedding = first.parameters().First()[0];
        Assert.Equal(0, embedding.norm().item<float>());
    }

    [Fact]
    public void A_fresh_adapter_changes_no_bit_and_freezes_the_base()
    {
        using var scope = NewDisposeScope();
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        var before = Hidden(model, Documents);

        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, null), 5);

        Assert.True(Equal(before, Hidden(model, Documents)));
        var trained = model.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name).ToList();
        Assert.Equal(2 * 2 * 7, trained.Count);
        Assert.All(trained, name => Assert.Contains(".lora_", name, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => ModelFolder.Save(model, folder.Path));
        LoraAdapter.Merge(model);
        Assert.True(Equal(before, Hidden(model, Documents)));
    }

    [Theory]
    [InlineData("lm_head")]
    [InlineData("query")]
    public void A_target_that_cannot_be_adapted_is_an_error(string target)
    {
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3);

        var options = new LoraOptions(4, 8, 0, false, [target]);

        Assert.Throws<ArgumentException>(() => LoraAdapter.Attach(model, options, 5));
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Compute_in_bf16_stays_near_float32_and_saves_as_bf16()
    {
        using var scope = NewDisposeScope();
        using var folder = TinyModel.Folder();
        using var wide = ModelFolder.Initialize(folder.Path, 3);
        using var narrow = ModelFolder.Initialize(folder.Path, 3, Precision.BFloat16);

        Assert.All(narrow.parameters(), p => Assert.Equal(ScalarType.BFloat16, p.dtype));
        var difference = (Hidden(wide, Documents) - Hidden(narrow, Documents).to(ScalarType.Float32)).abs().max();
        Assert.InRange(difference.item<float>(), 0, 0.1f);
        using var saved = Scratch.New();
        ModelFolder.Save(narrow, saved.Path);
        using var again = ModelFolder.Load(saved.Path, Precision.BFloat16);
        Assert.True(Equal(Hidden(narrow, Documents), Hidden(again, Documents)));
        Assert.Equal("bfloat16", again.Config!.Text("torch_dtype"));
    }

    [Fact]
    public void Passes_leave_no_tensor_behind()
    {
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0.1, true, null), 5);
        var counts = new List<long>();
        for (var step = 0; step < 4; step++)
        {
            using (NewDisposeScope())
            {
                model.Logits(Hidden(model, Documents)).sum().backward();
            }

            using (no_grad())
            using (var cache = new KeyValueCache(model.Shape.Layers))
            using (var batch = Batch.Of([Documents[0]], CPU))
            using (model.Hidden(batch, [cache])) { }

            counts.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(counts[1], counts[^1]);
    }

    private static Tensor Hidden(CausalModel model, int[][] documents)
    {
        using var batch = Batch.Of([.. documents.Select(d => (ReadOnlyMemory<int>)d)], CPU);
        return model.Hidden(batch);
    }

    private static bool Equal(Tensor a, Tensor b)
    {
        using var same = a.eq(b);
        using var all = same.all();
        return all.item<bool>();
    }
}
