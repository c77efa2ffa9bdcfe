using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;

namespace Finetune.Engine.Tests.Training;

/// <summary>Law 7: cut anywhere and run again, same bytes.</summary>
[Collection("alone")]
public sealed class ResumeLawTests
{
    [Theory]
    [InlineData(1, KeepRule.ValidationLoss, Precision.Float32)]
    [InlineData(4, KeepRule.ValidationLoss, Precision.Float32)]
    [InlineData(6, KeepRule.Last, Precision.Float32)]
    [InlineData(13, KeepRule.ValidationAccuracy, Precision.Float32)]
    [InlineData(5, KeepRule.ValidationLoss, Precision.BFloat16)]
    public void A_cancelled_training_ends_with_the_bytes_of_an_uncut_one(int cut, KeepRule keep, Precision precision)
    {
        using var training = new TinyTraining();
        var options = TinyTraining.Options with { Keep = keep, Precision = precision };
        var (weights, log) = Whole(training, options);
        using var stop = new CancellationTokenSource();
        var progress = new AtOnce<TrainingProgress>(p =>
        {
            if (p.Step == cut)
            {
                stop.Cancel();
            }
        });
        using (var model = training.NewModel())
        {
            Assert.Throws<OperationCanceledException>(() =>
                training.Run(model, options, null, Accuracy, "cut", progress, stop.Token)
            );
        }

        using var again = training.NewModel();
        var result = training.Run(again, options, null, Accuracy, "cut");
        Assert.Equal(cut, result.ResumedFrom);
        Assert.Equal(log, File.ReadAllText(training.Log));
        Assert.Equal(weights, TinyTraining.Bytes(again));
    }

    public static TheoryData<string> Remembering() => [.. Remembered.Keys];

    private static readonly Dictionary<string, TrainingOptions> Remembered = new(StringComparer.Ordinal)
    {
        ["adamw"] = TinyTraining.Options,
        ["adamw_8bit"] = With(new AdamWOptions(WeightDecay: 0.1) { EightBit = true, EightBitFrom = 512 }),
        ["adam"] = With(new AdamWOptions(WeightDecay: 0.1) { Coupled = true }),
        ["adafactor"] = With(new AdafactorOptions(Beta1: 0.9, WeightDecay: 0.1)),
        ["adafactor by step"] = With(new AdafactorOptions(ScaleParameter: true, RelativeStep: true, WarmupInit: true)),
        ["sgd"] = With(new SgdOptions(0.9, Nesterov: true, WeightDecay: 0.1)),
        ["sgd, dampened"] = With(new SgdOptions(0.9, Dampening: 0.5)),
        ["lion"] = With(new LionOptions(WeightDecay: 0.1)),
        ["muon"] = With(new MuonOptions(WeightDecay: 0.1)),
        ["muon in bf16"] = With(new MuonOptions()) with { Precision = Precision.BFloat16 },
        ["average"] = TinyTraining.Options with { AverageDecay = 0.9 },
        ["average, last"] = TinyTraining.Options with { AverageDecay = 0.9, Keep = KeepRule.Last },
        ["average in bf16"] = TinyTraining.Options with { AverageDecay = 0.9, Precision = Precision.BFloat16 },
        ["noise on embeddings"] = TinyTraining.Options with { EmbeddingNoise = 5 },
        ["groups"] = TinyTraining.Options with
        {
            Groups = new WeightGroups { LayerDecay = 0.7, NoDecay = ["mlp"] },
        },
        ["loss"] = TinyTraining.Options with { Loss = new LossOptions(0.1, 1e-3) },
        ["noise scale"] = TinyTraining.Options with { MicroBatchSize = 1, LogNoiseScale = true },
        ["in the backward"] = TinyTraining.Options with { OptimizerInBackward = true },
        ["watchdog"] = TinyTraining.Options with { Watchdog = new WatchdogOptions(100, 1, 3) },
    };

    // What is remembered between steps is in the checkpoint: killed after step 8, on from step 6.
    [Theory]
    [MemberData(nameof(Remembering))]
    public void A_killed_training_forgets_nothing(string name)
    {
        using var training = new TinyTraining();
        var options = Remembered[name] with { CheckpointEvery = 2, ValidateEvery = 5 };
        var (weights, log) = Whole(training, options);
        using (var model = training.NewModel())
        {
            training.Run(
                model,
                options,
                null,
                Accuracy,
                "running",
                new AtOnce<TrainingProgress>(p => Snapshot(training, p.Step))
            );
        }

        using var again = training.NewModel();
        Assert.Equal(6, training.Run(again, options, null, Accuracy, "killed").ResumedFrom);
        Assert.Equal(log, File.ReadAllText(training.Log));
        Assert.Equal(weights, TinyTraining.Bytes(again));
    }

    private static TrainingOptions With(OptimizerOptions optimizer) =>
        TinyTraining.Options with
        {
            Optimizer = optimizer,
        };

    // A crash leaves the folder as it was at that moment: here, copied while the eighth step is reported.
    private static void Snapshot(TinyTraining training, int step)
    {
        if (step == 8)
        {
            Directory.CreateDirectory(training.CheckpointPath("killed"));
            foreach (var file in Directory.EnumerateFiles(training.CheckpointPath("running")))
            {
                File.Copy(file, Path.Combine(training.CheckpointPath("killed"), Path.GetFileName(file)));
            }
        }
    }

    [Fact]
    public void A_checkpoint_of_other_settings_or_one_that_is_damaged_is_not_taken_up()
    {
        using var training = new TinyTraining();
        var often = TinyTraining.Options with { CheckpointEvery = 1 };
        using (var model = training.NewModel())
        {
            training.Run(model, often with { LearningRate = 0.02 });
        }

        using (var model = training.NewModel())
        {
            Assert.Null(training.Run(model, often).ResumedFrom);
        }

        using (var model = training.NewModel())
        {
            Assert.NotNull(training.Run(model, often).ResumedFrom);
        }

        var state = Path.Combine(training.CheckpointPath(), "state.safetensors");
        File.WriteAllBytes(state, File.ReadAllBytes(state)[..200]);
        using var last = training.NewModel();
        Assert.Null(training.Run(last).ResumedFrom);
    }

    private static (byte[] Weights, string Log) Whole(TinyTraining training, TrainingOptions options)
    {
        using var model = training.NewModel();
        training.Run(model, options, null, Accuracy, "whole");
        return (TinyTraining.Bytes(model), File.ReadAllText(training.Log));
    }

    private static ValidationAnswers Accuracy(CausalModel model)
    {
        var scores = new Scorer(model).Score(TinyTraining.Rows(7, 2));
        return new ValidationAnswers(
            scores.Count(s => s.Greedy) / (double)scores.Count,
            [.. scores.Take(2).Select((s, i) => new SampledAnswer(i, "ask", "p", "r", $"{s.LogProb:R}", s.Greedy))]
        );
    }
}
