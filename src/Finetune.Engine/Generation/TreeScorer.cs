using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Engine.Generation;

/// <summary>
/// Scores all completions of some prompts in two passes: the prompts, then the trees of their completions, each node
/// seeing its prompt and what it follows. A beginning that all prompts share is computed once.
/// </summary>
/// <param name="model">A decoder that <see cref="Takes"/> takes.</param>
internal sealed class TreeScorer(CausalModel model)
{
    // Common tokens that are worth a pass of their own.
    private const int WorthSharing = 32;

    /// <summary>Whether a token's place in a model is its position and who it sees: distances by place, windows by
    /// count and frequencies by length are not.</summary>
    public static bool Takes(CausalModel model) =>
        model is Decoder { Options: var options }
        && options.Alibi == AlibiKind.None
        && options.Windows.All(window => window is null)
        && Enumerable.Range(0, options.Layers).All(layer => options.RopeOf(layer) is not { ByLength: true });

    /// <summary>Sums of log-probabilities, row by row, a completion each.</summary>
    /// <param name="rows">One pass of them; prompts of at least one token.</param>
    public double[][] Score(IReadOnlyList<(int[] Prompt, TokenTree Tree)> rows)
    {
        CollectionPause.Breathe();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var caches = rows.Select(_ => new KeyValueCache(model.Shape.Layers)).ToArray();
        try
        {
            Tensor[] states = [Prompts(rows, caches), .. Trees(rows, caches)];
            return Sums(rows, cat(states, 0));
        }
        finally
        {
            Array.ForEach(caches, cache => cache.Dispose());
        }
    }

    // States of the prompts' last tokens, [rows, hidden].
    private Tensor Prompts(IReadOnlyList<(int[] Prompt, TokenTree Tree)> rows, KeyValueCache[] caches)
    {
        var shared = Shared(rows, caches);
        var lasts = new long[rows.Count];
        var at = -1L;
        for (var r = 0; r < lasts.Length; r++)
        {
            lasts[r] = at += rows[r].Prompt.Length - shared;
        }

        var device = model.HeadWeight.device;
        using var batch = Batch.Of(
            [.. rows.Select(row => (ReadOnlyMemory<int>)row.Prompt.AsMemory(shared))],
            device,
            [.. rows.Select(_ => shared)]
        ) with
        {
            Wanted = tensor(lasts, device: device),
        };
        return model.Hidden(batch, caches);
    }

    private int Shared(IReadOnlyList<(int[] Prompt, TokenTree Tree)> rows, KeyValueCache[] caches)
    {
        var first = rows[0].Prompt;
        var common = rows.Min(row => Math.Min(row.Prompt.Length - 1, first.AsSpan().CommonPrefixLength(row.Prompt)));
        if (rows.Count == 1 || common < WorthSharing)
        {
            return 0;
        }

        using var batch = Batch.Of([first.AsMemory(0, common)], model.HeadWeight.device);
        using var ignored = model.Hidden(batch, [caches[0]]);
        foreach (var cache in caches.AsSpan(1))
        {
            cache.Adopt(caches[0], common);
        }

        return common;
    }

    // States of the nodes, row after row; nothing where no completion has two tokens.
    private IEnumerable<Tensor> Trees(IReadOnlyList<(int[] Prompt, TokenTree Tree)> rows, KeyValueCache[] caches)
    {
        int[] grown = [.. Enumerable.Range(0, rows.Count).Where(r => rows[r].Tree.Ids.Count > 0)];
        if (grown.Length == 0)
        {
            yield break;
        }

        var device = model.HeadWeight.device;
        using var batch = new Batch(
            tensor(grown.SelectMany(r => rows[r].Tree.Ids.Select(id => (long)id)).ToArray(), device: device),
            tensor(
                grown
                    .SelectMany(r => rows[r].Tree.Depths.Select(depth => (long)(rows[r].Prompt.Length + depth)))
                    .ToArray(),
                device: device
            ),
            [.. grown.Select(r => rows[r].Tree.Ids.Count)]
        )
        {
            Sights = Sights([.. grown.Select(r => rows[r].Tree)], device),
        };
        yield return model.Hidden(batch, [.. grown.Select(r => caches[r])]);
    }

    // Rows with the same choices share a tree.
    private static Tensor[] Sights(TokenTree[] trees, Device device)
    {
        var made = new Dictionary<TokenTree, Tensor>();
        foreach (var tree in trees.Distinct())
        {
            made[tree] = tensor(tree.Sight(), device: device).view(tree.Ids.Count, tree.Ids.Count);
        }

        return [.. trees.Select(tree => made[tree])];
    }

    private double[][] Sums(IReadOnlyList<(int[] Prompt, TokenTree Tree)> rows, Tensor states)
    {
        var pairs = new List<(int State, int Target)>();
        var places = new Dictionary<(int State, int Target), int>();
        var first = rows.Count;
        var sums = new int[rows.Count][][];
        for (var r = 0; r < rows.Count; r++)
        {
            var start = first;
            int Place((int Node, int Target) step)
            {
                var pair = (step.Node == TokenTree.Root ? r : start + step.Node, step.Target);
                if (places.TryAdd(pair, pairs.Count))
                {
                    pairs.Add(pair);
                }

                return places[pair];
            }

            sums[r] = [.. rows[r].Tree.Paths.Select(path => path.Select(Place).ToArray())];
            first += rows[r].Tree.Ids.Count;
        }

        var scores = LogProbs(states, pairs);
        return [.. sums.Select(row => row.Select(path => path.Sum(place => scores[place])).ToArray())];
    }

    // A row of logits a state, however many tokens may follow it.
    private double[] LogProbs(Tensor states, List<(int State, int Target)> pairs)
    {
        var result = new double[pairs.Count];
        var byState = Enumerable.Range(0, pairs.Count).OrderBy(p => pairs[p].State).ToArray();
        var stretch = HeadLoss.RowsAtOnce(model.Shape.VocabularySize);
        var at = 0;
        for (var first = 0; first < states.shape[0]; first += stretch)
        {
            using var scope = NewDisposeScope();
            var count = (int)Math.Min(stretch, states.shape[0] - first);
            var begin = at;
            while (at < byState.Length && pairs[byState[at]].State < first + count)
            {
                at++;
            }

            var mine = byState[begin..at];
            if (mine.Length == 0)
            {
                continue;
            }

            var logits = model.Logits(states.narrow(0, first, count)).to(ScalarType.Float32);
            var logProbs = nn.functional.log_softmax(logits, 1);
            var width = logProbs.shape[1];
            long[] picked = [.. mine.Select(p => (pairs[p].State - first) * width + pairs[p].Target)];
            var values = logProbs.view(-1).index_select(0, tensor(picked, device: logits.device));
            var found = values.cpu().to(ScalarType.Float64).data<double>().ToArray();
            for (var i = 0; i < mine.Length; i++)
            {
                result[mine[i]] = found[i];
            }
        }

        return result;
    }
}
