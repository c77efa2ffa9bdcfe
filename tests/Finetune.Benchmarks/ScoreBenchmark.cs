using System.Text.Json.Nodes;
using Finetune.Engine.Generation;
using Finetune.Engine.Metrics;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>
/// Scoring of many choices after each prompt, beside one forward pass of as many tokens as the prompts and the trees of
/// the choices' tokens have, in turns in this process.
/// </summary>
internal static class ScoreBenchmark
{
    private const int Turns = 3;

    // A label: some of a few first words, then words of its own, then the end.
    private const int FirstWords = 12;
    private const int MostWords = 6;

    /// <summary>Runs it; one JSON line.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--model", "--choices", "--rows", "--prompt");
        var folder = arguments.Text("--model") ?? throw new ArgumentException("--model FOLDER is missing");
        using var model = DecodeBenchmark.Model(folder);
        Threads.Fit(model.Shape);
        model.eval();
        using var pause = CollectionPause.Hold();
        var random = new SplitMix64(1);
        var vocabulary = model.Shape.VocabularySize;
        var choices = Choices(random, arguments.Number("--choices", 77), vocabulary);
        var longest = arguments.Number("--prompt", 40);
        (int[] Prompt, IReadOnlyList<int[]> Completions)[] rows =
        [
            .. Enumerable
                .Range(0, arguments.Number("--rows", 32))
                .Select(_ => (Ids(random, longest / 2 + random.Below(longest / 2 + 1), vocabulary), choices)),
        ];
        var tree = Tree(choices);
        var scorer = new Scorer(model);
        var (ours, forward) = (double.MaxValue, double.MaxValue);
        for (var turn = 0; turn < Turns; turn++)
        {
            ours = Math.Min(ours, Seconds(() => scorer.ScoreChoices(rows)));
            forward = Math.Min(forward, Seconds(() => Forward(model, rows, tree)));
        }

        var tokens = rows.Sum(row => row.Prompt.Length + tree);
        yield return new JsonObject
        {
            ["work"] = "score",
            ["precision"] = "fp32",
            ["rows"] = rows.Length,
            ["choices"] = choices.Count,
            ["choice_tokens"] = choices.Sum(c => c.Length),
            ["tree_tokens"] = tree,
            ["tokens_per_second"] = Math.Round(tokens / ours, 1),
            ["forward_tokens_per_second"] = Math.Round(tokens / forward, 1),
            ["times_forward"] = Math.Round(ours / forward, 2),
            ["peak_rss_mb"] = Math.Round(Usage.PeakResidentMegabytes()),
            ["threads"] = get_num_threads(),
        };
    }

    private static List<int[]> Choices(SplitMix64 random, int count, int vocabulary) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    (int[])
                        [2 + random.Below(FirstWords), .. Ids(random, 1 + random.Below(MostWords - 1), vocabulary), 1]
                ),
        ];

    private static int[] Ids(SplitMix64 random, int count, int vocabulary) =>
        [.. Enumerable.Range(0, count).Select(_ => 2 + random.Below(vocabulary - 2))];

    // Different beginnings of the choices that something follows.
    private static int Tree(IReadOnlyList<int[]> choices) =>
        choices
            .SelectMany(c => Enumerable.Range(1, c.Length - 1).Select(n => string.Join(' ', c.Take(n))))
            .Distinct(StringComparer.Ordinal)
            .Count();

    // One document a row, of the prompt's and the tree's length, with logits where the choices are scored.
    private static void Forward(CausalModel model, (int[] Prompt, IReadOnlyList<int[]> Completions)[] rows, int tree)
    {
        const int AtOnce = 8;
        using var noGrad = no_grad();
        foreach (var some in rows.Chunk(AtOnce))
        {
            using var scope = NewDisposeScope();
            using var batch = Batch.Of(
                [.. some.Select(row => (ReadOnlyMemory<int>)Enumerable.Repeat(2, row.Prompt.Length + tree).ToArray())],
                CPU
            );
            var states = model.Hidden(batch);
            var scored = some.Length * (tree + 1);
            model.Logits(states.narrow(0, states.shape[0] - scored, scored)).log_softmax(1);
        }
    }

    private static double Seconds(Action work)
    {
        var start = TimeProvider.System.GetTimestamp();
        work();
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }
}
