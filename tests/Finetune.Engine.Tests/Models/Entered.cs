using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Passes that enter a layer with what the layers below it made, against whole ones.</summary>
internal static class Entered
{
    /// <summary>Checks that every layer can be entered and that no bit changes.</summary>
    public static void Check(CausalModel model, int[][] documents)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        model.eval();
        var batch = Batch.Of([.. documents.Select(d => (ReadOnlyMemory<int>)d)], CPU);
        var whole = model.Hidden(batch);
        for (var layer = 0; layer <= model.Shape.Layers; layer++)
        {
            var states = model.Entering(batch, layer);
            Assert.Equal([documents.Sum(d => d.Length), model.Shape.HiddenSize], states.shape);
            using var other = Batch.Of([.. documents.Select(d => new ReadOnlyMemory<int>(new int[d.Length]))], CPU);
            // The tokens are not read again: others stand in their place.
            var entered = model.Hidden(other with { Entry = new LayerEntry(layer, states) });
            Assert.True(whole.equal(entered).all().item<bool>(), $"layer {layer}");
        }
    }
}
