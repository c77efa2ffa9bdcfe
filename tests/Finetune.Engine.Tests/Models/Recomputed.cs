using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Gradients of a model whose layers are computed twice, against those of one whose layers are kept.</summary>
internal static class Recomputed
{
    /// <summary>Checks that both are the same to the bit, and that nothing is left behind.</summary>
    /// <param name="model">A model with parameters to train.</param>
    /// <param name="logits">Its logits on some batch.</param>
    public static void Check(CausalModel model, Func<CausalModel, Tensor> logits)
    {
        model.train();
        var kept = Gradients(model, logits);
        model.Recomputes = true;
        var again = Gradients(model, logits);
        var alive = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Gradients(model, logits);
        Assert.InRange(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount - alive, 0, again.Count);
        model.Recomputes = false;

        Assert.NotEmpty(kept);
        Assert.Equal(kept.Select(g => g.Name), again.Select(g => g.Name));
        var other = kept.Zip(again)
            .Where(pair => !pair.First.Values.AsSpan().SequenceEqual(pair.Second.Values))
            .Select(pair => pair.First.Name);
        Assert.Empty(other);
        Assert.Contains(kept, gradient => gradient.Values.Any(value => value != 0));
    }

    private static List<(string Name, float[] Values)> Gradients(CausalModel model, Func<CausalModel, Tensor> logits)
    {
        using var scope = NewDisposeScope();
        using (manual_seed(5)) { }

        foreach (var parameter in model.parameters())
        {
            parameter.grad = null;
        }

        logits(model).logsumexp(1).sum().backward();
        return
        [
            .. model
                .named_parameters()
                .Where(p => p.parameter.grad is not null)
                .Select(p => (p.name, p.parameter.grad!.contiguous().data<float>().ToArray())),
        ];
    }
}
