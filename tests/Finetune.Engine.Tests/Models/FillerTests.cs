using Finetune.Engine.Models;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Passes whose rows are rounded up: nobody sees what fills them.</summary>
public sealed class FillerTests
{
    private static readonly int[] Ids = [.. Enumerable.Range(3, 20)];

    /// <summary>Twenty tokens are filled up; with a document of twelve beside them there is nothing to fill.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_fills_a_pass_changes_neither_states_nor_gradients(bool some)
    {
        using var folder = TinyModel.Folder();
        using var filled = ModelFolder.Initialize(folder.Path, 5, Precision.BFloat16);
        using var whole = ModelFolder.Initialize(folder.Path, 5, Precision.BFloat16);
        using var scope = NewDisposeScope();
        long[] wanted = some ? [4, 9, 19] : [.. Enumerable.Range(0, 20)];

        var one = Run(filled, [Ids], wanted);
        var two = Run(whole, [Ids, [.. Ids.Take(12)]], wanted);

        Assert.Equal(two.Loss, one.Loss, 1e-2);
        Near(two.States, one.States);
        foreach (var ((name, a), (_, b)) in filled.named_parameters().Zip(whole.named_parameters()))
        {
            Assert.True(a.grad is not null && b.grad is not null, name);
            Near(b.grad!, a.grad!);
        }
    }

    /// <summary>What enters a layer is as many rows as there are tokens.</summary>
    [Fact]
    public void A_layer_can_be_entered_in_a_filled_pass()
    {
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 5, Precision.BFloat16);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var batch = Batch.Of([Ids], CPU);

        var entering = model.Entering(batch, 1);
        var rest = model.Hidden(batch with { Entry = new LayerEntry(1, entering) });

        Assert.Equal([20L, 16L], entering.shape);
        Near(model.Hidden(batch), rest);
    }

    private static (double Loss, Tensor States) Run(CausalModel model, int[][] documents, long[] wanted)
    {
        var batch = Batch.Of([.. documents.Select(d => (ReadOnlyMemory<int>)d)], CPU) with { Wanted = tensor(wanted) };
        var states = model.Hidden(batch);
        Assert.Equal([wanted.Length, 16L], states.shape);
        var targets = tensor([.. wanted.Select(row => row % 40)]);
        return (HeadLoss.Backward(model, states, targets, 1), states.detach());
    }

    private static void Near(Tensor wanted, Tensor found)
    {
        var far = (wanted.to(ScalarType.Float32) - found.to(ScalarType.Float32)).abs().max().item<float>();
        Assert.InRange(far, 0, 2e-2 * Math.Max(1, wanted.abs().max().to(ScalarType.Float32).item<float>()));
    }
}
