using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Engine.Generation;

/// <summary>How likely a model finds the labelled tokens of a sequence.</summary>
/// <param name="LogProb">Sum over the labelled tokens, natural logarithm.</param>
/// <param name="Tokens">How many there are.</param>
/// <param name="TokensRight">Those that are the model's likeliest.</param>
/// <param name="Greedy">Whether all are.</param>
/// <param name="TokenLogProbs">One a labelled token.</param>
public sealed record SequenceScore(double LogProb, int Tokens, int TokensRight, bool Greedy, double[] TokenLogProbs);

/// <summary>Scores given tokens instead of choosing them.</summary>
/// <param name="model">Put into evaluation mode.</param>
public sealed class Scorer(CausalModel model)
{
    // Each row of a pass of choices keeps its prompt's keys and values.
    private const int PromptsAtOnce = 64;

    /// <summary>Scores the labelled tokens of each row, in order; a row without any gets 0.</summary>
    public IReadOnlyList<SequenceScore> Score(IReadOnlyList<TrainingExample> rows)
    {
        model.eval();
        var scores = new SequenceScore[rows.Count];
        Array.Fill(scores, new SequenceScore(0, 0, 0, true, []));
        int[] labelled = [.. Enumerable.Range(0, rows.Count).Where(i => rows[i].LabelTokens > 0)];
        var budget = TokenBudget.OfInference(model.Shape);
        foreach (var pass in TokenBudget.Cut(labelled, i => rows[i].Tokens, budget))
        {
            CollectionPause.Breathe();
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            using var batch = LabelledBatch.Of([.. pass.Select(i => rows[i])], model.HeadWeight.device);
            var hidden = model.Hidden(batch.Batch);
            var (logProbs, right) = HeadLoss.Score(model, hidden, batch.Targets);
            var at = 0;
            for (var d = 0; d < batch.Order.Count; d++)
            {
                var count = batch.Counts[d];
                var mine = logProbs[at..(at + count)];
                var hits = right.AsSpan(at, count).Count(true);
                scores[pass[batch.Order[d]]] = new SequenceScore(mine.Sum(), count, hits, hits == count, mine);
                at += count;
            }
        }

        return scores;
    }

    /// <summary>
    /// Sums of log-probabilities of completions after their prompt, whose keys and values are computed once.
    /// </summary>
    /// <param name="rows">Prompts of at least one token (an encoder's input, where there is one), each with its completions (with end of sequence).</param>
    /// <returns>One number a completion, row by row.</returns>
    public double[][] ScoreChoices(IReadOnlyList<(int[] Prompt, IReadOnlyList<int[]> Completions)> rows)
    {
        model.eval();
        var budget = TokenBudget.OfInference(model.Shape);
        return TreeScorer.Takes(model)
            ? ScoreTrees(rows, budget)
            :
            [
                .. rows.Chunk(PromptsAtOnce)
                    .SelectMany(chunk => TokenBudget.Cut(chunk, row => row.Prompt.Length, budget))
                    .SelectMany(ScorePass),
            ];
    }

    private double[][] ScoreTrees(IReadOnlyList<(int[] Prompt, IReadOnlyList<int[]> Completions)> rows, int budget)
    {
        var trees = new List<(int[] Prompt, TokenTree Tree)>();
        IReadOnlyList<int[]> last = [];
        foreach (var (prompt, completions) in rows)
        {
            var same =
                last.Count == completions.Count && last.Zip(completions).All(p => p.First.SequenceEqual(p.Second));
            trees.Add((prompt, same && trees.Count > 0 ? trees[^1].Tree : new TokenTree(completions)));
            last = completions;
        }

        var scorer = new TreeScorer(model);
        return
        [
            .. trees
                .Chunk(PromptsAtOnce)
                .SelectMany(chunk => TokenBudget.Cut(chunk, row => row.Prompt.Length + row.Tree.Ids.Count, budget))
                .SelectMany(scorer.Score),
        ];
    }

    private double[][] ScorePass(IReadOnlyList<(int[] Prompt, IReadOnlyList<int[]> Completions)> rows)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sums = rows.Select(row => new double[row.Completions.Count]).ToArray();
        var caches = rows.Select(_ => new KeyValueCache(model.Shape.Layers)).ToArray();
        try
        {
            if (model.Shape.DecoderStart is { } start)
            {
                Encode([.. rows.Select(row => row.Prompt)], caches);
                rows = [.. rows.Select(row => (new[] { start }, row.Completions))];
            }

            ScoreFirst(rows, caches, sums);
            for (var c = 0; c < sums.Max(s => s.Length); c++)
            {
                ScoreRest(rows, caches, sums, c);
            }
        }
        finally
        {
            Array.ForEach(caches, cache => cache.Dispose());
        }

        return sums;
    }

    private void Encode(IReadOnlyList<int[]> prompts, KeyValueCache[] caches)
    {
        using var sources = Batch.Of(
            [.. prompts.Select(prompt => (ReadOnlyMemory<int>)prompt)],
            model.HeadWeight.device
        );
        model.Encode(sources, caches);
    }

    // The first token of every completion is predicted from the prompt's last.
    private void ScoreFirst(
        IReadOnlyList<(int[] Prompt, IReadOnlyList<int[]> Completions)> rows,
        KeyValueCache[] caches,
        double[][] sums
    )
    {
        CollectionPause.Breathe();
        using var scope = NewDisposeScope();
        var device = model.HeadWeight.device;
        using var batch = Batch.Of([.. rows.Select(row => (ReadOnlyMemory<int>)row.Prompt)], device);
        var ends = new long[rows.Count];
        var at = -1L;
        var places = new List<long>();
        var targets = new List<long>();
        for (var r = 0; r < ends.Length; r++)
        {
            ends[r] = at += rows[r].Prompt.Length;
            foreach (var completion in rows[r].Completions.Where(c => c.Length > 0))
            {
                places.Add(ends[r]);
                targets.Add(completion[0]);
            }
        }

        var hidden = model.Hidden(batch, caches);
        var first = Score(hidden, places, targets);
        var next = 0;
        for (var r = 0; r < sums.Length; r++)
        {
            for (var c = 0; c < sums[r].Length; c++)
            {
                sums[r][c] = rows[r].Completions[c].Length > 0 ? first[next++] : 0;
            }
        }
    }

    // The c-th completion of every row, after its prompt's cache; then the cache forgets it.
    private void ScoreRest(
        IReadOnlyList<(int[] Prompt, IReadOnlyList<int[]> Completions)> rows,
        KeyValueCache[] caches,
        double[][] sums,
        int c
    )
    {
        CollectionPause.Breathe();
        using var scope = NewDisposeScope();
        int[] longer = [.. Enumerable.Range(0, rows.Count).Where(r => c < sums[r].Length && Completion(r).Length > 1)];
        if (longer.Length == 0)
        {
            return;
        }

        using var batch = Batch.Of(
            [.. longer.Select(r => (ReadOnlyMemory<int>)Completion(r).AsMemory(..^1))],
            model.HeadWeight.device,
            [.. longer.Select(r => rows[r].Prompt.Length)]
        );
        var hidden = model.Hidden(batch, [.. longer.Select(r => caches[r])]);
        long[] targets = [.. longer.SelectMany(r => Completion(r).Skip(1)).Select(id => (long)id)];
        var scores = Score(hidden, [.. Enumerable.Range(0, targets.Length).Select(i => (long)i)], targets);
        var at = 0;
        foreach (var r in longer)
        {
            var count = Completion(r).Length - 1;
            sums[r][c] += scores.AsSpan(at, count).ToArray().Sum();
            at += count;
            caches[r].Truncate(rows[r].Prompt.Length);
        }

        int[] Completion(int r) => rows[r].Completions[c];
    }

    private double[] Score(Tensor hidden, IReadOnlyList<long> places, IReadOnlyList<long> targets) =>
        targets.Count == 0
            ? []
            : HeadLoss
                .Score(
                    model,
                    hidden.index_select(0, tensor(places.ToArray(), device: hidden.device)),
                    tensor(targets.ToArray(), device: hidden.device)
                )
                .LogProbs;
}
