using Finetune.Engine.Generation;
using Finetune.Engine.Tests.Training;
using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Generation;

/// <summary>What holds of every answer and score.</summary>
public sealed class GenerationLawTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void A_batch_answers_as_single_prompts_do(double temperature)
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        training.Run(model);
        int[][] prompts = [.. TinyTraining.Rows(40, 9).Select(r => r.InputIds[..^2])];
        var options = GenerationOptions.Greedy(12) with { Temperature = temperature, TopK = 10, TopP = 0.95, Seed = 4 };
        var together = new Generator(model, null).Generate(prompts, options);
        var alone = new Generator(model, null).Generate(prompts[..1], options);
        Assert.Equal(alone[0].Ids, together[0].Ids);
        Assert.All(together, r => Assert.Equal(r.StopReason == "length" ? 12 : r.Ids.Length, r.Ids.Length));
        Assert.All(together, r => Assert.Equal(r.StopReason == "eos", r.Ids[^1] == 2));
        if (temperature == 0)
        {
            Assert.All(
                prompts.Zip(together),
                p => Assert.Equal(new Generator(model, null).Generate([p.First], options)[0].Ids, p.Second.Ids)
            );
        }
    }

    [Fact]
    public void Choices_score_as_whole_sequences_do()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var prompts = TinyTraining.Rows(9, 7).Select(r => r.InputIds).ToArray();
        IReadOnlyList<int[]> completions =
        [
            [5, 6, 2],
            [2],
            [7, 2],
            [5, 6, 8, 9, 2],
        ];
        var found = new Scorer(model).ScoreChoices([.. prompts.Select(p => (p, completions))]);
        for (var r = 0; r < prompts.Length; r++)
        {
            var whole = new Scorer(model).Score([
                .. completions.Select(c =>
                {
                    int[] ids = [.. prompts[r], .. c];
                    return new TrainingExample(ids, [.. ids.Select((_, i) => i >= prompts[r].Length)]);
                }),
            ]);
            Assert.All(whole.Zip(found[r]), p => Assert.InRange(p.First.LogProb - p.Second, -1e-4, 1e-4));
        }
    }

    [Fact]
    public void Law_5_neighbours_change_no_score()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var rows = TinyTraining.Rows(30, 3);
        var together = new Scorer(model).Score(rows);
        Assert.All(
            rows.Zip(together),
            p => Assert.InRange(new Scorer(model).Score([p.First])[0].LogProb - p.Second.LogProb, -1e-5, 1e-5)
        );
    }

    [Fact]
    public void Stop_texts_are_held_back_and_left_out()
    {
        var stop = new StopText(["\nQ:", "END"]);
        Assert.Equal("a", stop.Push("a\n"));
        Assert.Equal("\nb", stop.Push("bE"));
        Assert.Equal("Ex", stop.Push("x\nQ"));
        Assert.Equal("", stop.Push(": more"));
        Assert.True(stop.Met);
        Assert.Equal("", stop.Flush());
    }
}
