using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Greedy decoding by caches and nothing else.</summary>
internal static class Greedy
{
    public static int[][] Generate(CausalModel model, int[][] prompts, int count, int[][]? sources = null)
    {
        using var noGrad = no_grad();
        var caches = prompts.Select(_ => new KeyValueCache(model.Shape.Layers)).ToArray();
        var made = prompts.Select(_ => new List<int>()).ToArray();
        var next = prompts.Select(p => (ReadOnlyMemory<int>)p).ToArray();
        for (var step = 0; step < count; step++)
        {
            using var scope = NewDisposeScope();
            var batch = Batch.Of(next, CPU, [.. caches.Select(c => c.Length)]);
            if (step == 0 && sources is not null)
            {
                batch = batch with { Source = Batch.Of([.. sources.Select(s => (ReadOnlyMemory<int>)s)], CPU) };
            }

            var last = next.Select((_, d) => next.Take(d + 1).Sum(n => (long)n.Length) - 1).ToArray();
            var hidden = model.Hidden(batch, caches).index_select(0, tensor(last));
            var best = model.Logits(hidden).argmax(1).data<long>().ToArray();
            for (var p = 0; p < prompts.Length; p++)
            {
                made[p].Add((int)best[p]);
                next[p] = new[] { (int)best[p] };
            }
        }

        Array.ForEach(caches, c => c.Dispose());
        return [.. made.Select(m => m.ToArray())];
    }
}
