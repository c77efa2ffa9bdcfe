using Finetune.Engine.Models;
using Finetune.Engine.Models.Managed;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Holds a model's managed form against its operators.</summary>
internal static class ManagedPath
{
    private const double Tolerance = 1e-4;

    /// <summary>Logits after every token of some documents, fed in a stretch and then token by token, all at once.</summary>
    /// <returns>Whether the model has a managed form.</returns>
    public static bool Check(CausalModel model, int[][] documents)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        model.eval();
        if (ManagedDecoder.Of(model) is not { } managed)
        {
            return false;
        }

        var wanted = documents.Select(d => model.Logits(model.Hidden(Batch.Of([d], CPU)))).ToArray();
        var caches = documents.Select(_ => new KeyValueCache(model.Shape.Layers)).ToArray();
        var rows = new ManagedRows();
        foreach (var end in Enumerable.Range(2, documents.Max(d => d.Length) - 1))
        {
            int[] going = [.. Enumerable.Range(0, documents.Length).Where(d => documents[d].Length >= end)];
            rows.Clear();
            foreach (var d in going)
            {
                rows.Add(caches[d], documents[d].AsSpan(caches[d].Length..end));
            }

            var logits = managed.Logits(rows);
            for (var i = 0; i < going.Length; i++)
            {
                var values = wanted[going[i]][end - 1].data<float>().ToArray();
                for (var v = 0; v < values.Length; v++)
                {
                    Assert.InRange(logits[i * values.Length + v] - values[v], -Tolerance, Tolerance);
                }
            }
        }

        Array.ForEach(caches, c => c.Dispose());
        return true;
    }
}
