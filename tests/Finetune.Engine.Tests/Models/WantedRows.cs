using Finetune.Engine.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Passes of which some tokens' states are wanted, against whole ones.</summary>
internal static class WantedRows
{
    private const double Near = 1e-5;

    /// <summary>Checks states, gradients (also with layers computed twice), a pass that enters behind the last layer, and
    /// one with caches.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">A new batch of some documents.</param>
    public static void Check(CausalModel model, Func<Batch> batch)
    {
        using var scope = NewDisposeScope();
        var tokens = batch().Lengths.Sum();
        // Neither all nor in order, and one twice.
        using var wanted = tensor([
            tokens - 1L,
            0L,
            .. Enumerable.Range(0, tokens / 2).Select(i => i * 2L),
            tokens - 1L,
        ]);
        Batch Few() => batch() with { Wanted = wanted.alias() };

        model.train();
        var (states, gradients) = Run(model, () => model.Hidden(batch()).index_select(0, wanted));
        foreach (var twice in new[] { false, true })
        {
            model.Recomputes = twice;
            var (few, same) = Run(model, () => model.Hidden(Few()));
            Assert.True(states.allclose(few, rtol: Near, atol: Near));
            Assert.All(
                gradients.Zip(same),
                pair => Assert.InRange((pair.First - pair.Second).norm().item<float>(), 0, Near * Norm(pair.First))
            );
        }

        model.Recomputes = false;
        model.eval();
        using var noGrad = no_grad();
        if (model.LayersName is null)
        {
            return;
        }

        foreach (var layer in new[] { model.Shape.Layers - 1, model.Shape.Layers })
        {
            var entry = new LayerEntry(layer, model.Entering(batch(), layer));
            Assert.True(states.allclose(model.Hidden(Few() with { Entry = entry }), rtol: Near, atol: Near));
        }

        var caches = batch().Lengths.Select(_ => new KeyValueCache(model.Shape.Layers)).ToArray();
        Assert.True(states.allclose(model.Hidden(Few(), caches), rtol: Near, atol: Near));
        Assert.All(caches.Zip(batch().Lengths), c => Assert.Equal(c.Second, c.First.Length));
        Array.ForEach(caches, cache => cache.Dispose());
    }

    private static (Tensor States, Tensor[] Gradients) Run(CausalModel model, Func<Tensor> pass)
    {
        model.zero_grad();
        var states = pass();
        // Not the square, which is constant behind a norm.
        states.sin().sum().backward();
        var gradients = model.parameters().Select(Gradient).ToArray();
        model.zero_grad();
        return (states.detach(), gradients);
    }

    private static Tensor Gradient(Parameter parameter) => parameter.grad?.clone() ?? zeros_like(parameter);

    private static double Norm(Tensor gradient) => Math.Max(1, gradient.norm().item<float>());
}
