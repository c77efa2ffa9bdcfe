using System.Text.Json.Nodes;
using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Training;

/// <summary>TRL's own training runs, step by step (fixtures/parity).</summary>
public sealed class ParityFixtureTests
{
    private const int Learned = 5;
    private const int Compared = 50;

    public static TheoryData<string> Cases() => FixtureRoots.Cases("parity");

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Zero_shot_answers(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var one = new ParityCase(folder);
        using var model = one.Load();
        var found = new Scorer(model).ScoreChoices(one.Questions("test"));
        var golden = one.Expected["zero_shot"]!;
        var listed = golden["choice_log_probs"]!.AsArray();
        for (var row = 0; row < listed.Count; row++)
        {
            var wanted = listed[row]!.Floats();
            Assert.All(found[row].Zip(wanted), p => Assert.InRange(p.First - p.Second, -2e-4, 2e-4));
        }

        Assert.InRange(Right(one, found) - golden["right"]!.GetValue<int>(), -1, 1);
        var validation = new Scorer(model).Score(one.Examples("validation"));
        var loss = -validation.Sum(s => s.LogProb) / validation.Sum(s => s.Tokens);
        Near(one.Expected["validation_loss"]!["zero_shot"]!.Number(), loss, 1e-6);
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Training_goes_step_by_step_as_in_trl(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var one = new ParityCase(folder);
        using var place = Scratch.New();
        using var model = one.Load();
        var train = one.Examples("train");
        Assert.Equal(one.Expected["first_row"]!["input_ids"]!.Ints(), train[0].InputIds);
        var result = Trainer.Run(
            model,
            train,
            one.Examples("validation"),
            null,
            one.Options with
            {
                MicroBatchSize = one.Expected["case"]!["batch"]!.GetValue<int>(),
                LogTokenAccuracy = true,
            },
            Path.Combine(place.Path, "log.jsonl"),
            Path.Combine(place.Path, "checkpoint")
        );
        var steps = one.Expected["steps"]!.AsArray();
        Assert.Equal(steps.Count, result.Steps);
        var log = File.ReadLines(Path.Combine(place.Path, "log.jsonl"))
            .Select(line => JsonNode.Parse(line)!)
            .Where(line => line["loss"] is not null)
            .ToArray();
        Assert.Equal(steps.Count, log.Length);
        for (var s = 0; s < steps.Count; s++)
        {
            Near(steps[s]!["learning_rate"]!.Number(), log[s]["learning_rate"]!.Number(), 1e-12);
            Assert.Equal(steps[s]!["num_tokens"]!.Number(), log[s]["tokens"]!.Number());
            if (s < Compared)
            {
                var early = s < 5;
                Near(
                    steps[s]!["loss"]!.Number(),
                    log[s]["loss"]!.Number(),
                    early ? 1e-6
                        : one.IsAdapter ? 1e-5
                        : 5e-4
                );
                if (early && one.Passes == 1)
                {
                    // TRL's is the mean over passes, so that steps of several cannot be compared.
                    var accuracy = log[s]["mean_token_accuracy"]!.Number();
                    Near(steps[s]!["mean_token_accuracy"]!.Number(), accuracy, 1e-6);
                }

                if (early)
                {
                    Near(steps[s]!["grad_norm"]!.Number(), log[s]["grad_norm"]!.Number(), 3e-5);
                }
            }
        }

        var found = new Scorer(model).ScoreChoices(one.Questions("test"));
        var right = one.Expected["tuned"]!["right"]!.GetValue<int>();
        Assert.InRange(Right(one, found) - right, -2, 2);
        if (one.IsAdapter)
        {
            CheckGreedy(one, model);
        }
    }

    // At the fixture's own rate the order of rows alone moves the final loss tenfold (0.001 to 0.014 over 13 orders, in
    // either precision), so that nothing can be told apart there; at a tenth of it orders differ by 2 %.
    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Bfloat16_ends_where_float32_does(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var one = new ParityCase(folder);
        var losses = new[] { Precision.Float32, Precision.BFloat16 }
            .Select(precision =>
            {
                using var place = Scratch.New();
                using var model = one.Load();
                Trainer.Run(
                    model,
                    one.Examples("train"),
                    one.Examples("validation"),
                    null,
                    one.Options with
                    {
                        Precision = precision,
                        LearningRate = 2e-4,
                        Epochs = 3,
                    },
                    Path.Combine(place.Path, "log.jsonl"),
                    Path.Combine(place.Path, "checkpoint")
                );
                return File.ReadLines(Path.Combine(place.Path, "log.jsonl"))
                    .Select(line => JsonNode.Parse(line)!["validation_loss"])
                    .Last(loss => loss is not null)!
                    .Number();
            })
            .ToArray();
        Near(losses[0], losses[1], 0.02);
    }

    // Rounding grows from 1e-6 to some percent of the loss over 300 steps, here as between two ways to write TRL's own
    // loop, and between processors. What is learned agrees: how an answer begins. What follows it does not: with EOS
    // as unlikely as it is here, text goes on that nothing has trained.
    private static void CheckGreedy(ParityCase one, CausalModel model)
    {
        var golden = one.Expected["greedy_ids"]!.AsArray();
        var prompts = one.Questions("test").Take(golden.Count).Select(q => q.Prompt).ToArray();
        var found = new Generator(model, null).Generate(prompts, GenerationOptions.Greedy(16));
        var same = golden
            .Where((ids, i) => ids!.Ints().Take(Learned).SequenceEqual(found[i].Ids.Take(Learned)))
            .Count();
        Assert.InRange(same, golden.Count - 2, golden.Count);
    }

    private static int Right(ParityCase one, double[][] scores) =>
        one.Rows("test").Where((row, r) => one.Choices[Array.IndexOf(scores[r], scores[r].Max())] == row.Label).Count();

    private static void Near(double wanted, double found, double relative)
    {
        var slack = relative * Math.Abs(wanted) + 1e-15;
        Assert.InRange(found, wanted - slack, wanted + slack);
    }
}
