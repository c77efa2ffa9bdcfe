using Finetune.Engine.Generation;
using Finetune.Engine.Metrics;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Generation;

/// <summary>What holds of models whose encoder reads the prompt.</summary>
public sealed class EncoderLawTests
{
    private const int Start = 1;

    [Fact]
    public void Choices_score_as_whole_targets_do_and_alone_as_together()
    {
        using var folder = TinyT5.Folder();
        using var model = ModelFolder.Load(folder.Path);
        IReadOnlyList<int[]> completions =
        [
            [5, 6, 0],
            [0],
            [7, 0],
            [5, 6, 8, 9, 0],
        ];
        var sources = Sources(9);
        var scorer = new Scorer(model);
        var found = scorer.ScoreChoices([.. sources.Select(s => (s, completions))]);
        for (var r = 0; r < sources.Length; r++)
        {
            var whole = scorer.Score([.. completions.Select(c => TrainingExample.OfPair(sources[r], Start, c))]);
            Assert.All(whole.Zip(found[r]), p => Assert.InRange(p.First.LogProb - p.Second, -1e-4, 1e-4));
            Assert.All(whole.Zip(completions), p => Assert.Equal(p.Second.Length, p.First.Tokens));
        }
    }

    [Fact]
    public void A_batch_answers_as_single_prompts_do()
    {
        using var folder = TinyT5.Folder();
        using var model = ModelFolder.Load(folder.Path);
        var sources = Sources(40);
        var generator = new Generator(model, null);
        var together = generator.Generate(sources, GenerationOptions.Greedy(9));
        Assert.All(
            sources.Zip(together),
            p => Assert.Equal(generator.Generate([p.First], GenerationOptions.Greedy(9))[0].Ids, p.Second.Ids)
        );
    }

    [Fact]
    public void Passes_of_one_and_passes_of_all_train_alike_but_for_rounding()
    {
        using var folder = TinyT5.Folder();
        TrainingExample[] rows = [.. Sources(12).Select(s => TrainingExample.OfPair(s, Start, [s[0], s[1], 0]))];
        var one = Train(folder.Path, rows, 1);
        var all = Train(folder.Path, rows, null);
        Assert.Equal(rows.Sum(r => r.Source!.Length + 3), one.Tokens);
        Assert.Equal((one.Tokens, one.LabelTokens), (all.Tokens, all.LabelTokens));
        Assert.Equal(3 * rows.Length, one.LabelTokens);
        Assert.InRange(one.BestValue!.Value - all.BestValue!.Value, -1e-4, 1e-4);
    }

    private static TrainingResult Train(string folder, TrainingExample[] rows, int? pass)
    {
        using var model = ModelFolder.Load(folder);
        using var place = Scratch.New();
        return Trainer.Run(
            model,
            rows,
            rows[..3],
            null,
            new TrainingOptions
            {
                Epochs = 1,
                BatchSize = 4,
                MicroBatchSize = pass,
                LearningRate = 1e-3,
                Seed = 5,
            },
            Path.Combine(place.Path, "log.jsonl"),
            Path.Combine(place.Path, "checkpoint")
        );
    }

    private static int[][] Sources(int count)
    {
        var random = new SplitMix64(3);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    Enumerable.Range(0, 2 + random.Below(9)).Select(_ => 2 + random.Below(1000)).Append(0).ToArray()
                ),
        ];
    }
}
