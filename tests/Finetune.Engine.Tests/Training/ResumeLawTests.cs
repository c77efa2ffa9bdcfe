using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Training;

/// <summary>Law 7: cut anywhere and run again, same bytes.</summary>
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

    [Fact]
    public void A_killed_training_goes_on_from_the_checkpoint_before()
    {
        using var training = new TinyTraining();
        var options = TinyTraining.Options with { CheckpointEvery = 2 };
        var (weights, log) = Whole(training, options);
        // A crash leaves the folder as it was at that moment: here, copied while the eighth step is reported.
        using (var model = training.NewModel())
        {
            training.Run(model, options, null, Accuracy, "running", new AtOnce<TrainingProgress>(Snapshot));
        }

        using var again = training.NewModel();
        var result = training.Run(again, options, null, Accuracy, "killed");
        Assert.Equal(6, result.ResumedFrom);
        Assert.Equal(log, File.ReadAllText(training.Log));
        Assert.Equal(weights, TinyTraining.Bytes(again));

        void Snapshot(TrainingProgress p)
        {
            if (p.Step == 8)
            {
                Directory.CreateDirectory(training.CheckpointPath("killed"));
                foreach (var file in Directory.EnumerateFiles(training.CheckpointPath("running")))
                {
                    File.Copy(file, Path.Combine(training.CheckpointPath("killed"), Path.GetFileName(file)));
                }
            }
        }
    }

    [Fact]
    public void A_checkpoint_of_other_settings_or_one_that_is_damaged_is_not_taken_up()
    {
        using var training = new TinyTraining();
        using (var model = training.NewModel())
        {
            training.Run(model, TinyTraining.Options with { LearningRate = 0.02 });
        }

        using (var model = training.NewModel())
        {
            Assert.Null(training.Run(model).ResumedFrom);
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

    private static double Accuracy(CausalModel model)
    {
        var scores = new Scorer(model).Score(TinyTraining.Rows(7, 2));
        return scores.Count(s => s.Greedy) / (double)scores.Count;
    }
}
