using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Training;

/// <summary>Options of a training: what each does to the loop, the log and what is kept.</summary>
[Collection("alone")]
public sealed class TrainingOptionTests
{
    [Theory]
    [InlineData(5.0, 17, 48, 0.175035011)]
    [InlineData(10.0, 64, 128, 0.110485435)]
    [InlineData(0.1, 1, 30, 0.0182574186)]
    public void Noise_on_embeddings_is_uniform_within_the_bound_of_each_text(
        double alpha,
        int length,
        int width,
        double bound
    )
    {
        using var scope = NewDisposeScope();
        using var embedding = new Embedding(10, width, null, new Placement(ScalarType.Float32, CPU)) { Noise = alpha };
        using (no_grad())
        {
            embedding.Weight.detach().zero_();
        }

        // The second text is four times as long: its noise is half as large.
        long[] lengths = [length, 4L * length];
        var ids = zeros(5L * length, ScalarType.Int64);
        manual_seed(3);
        embedding.train();
        var noise = embedding.Forward(ids, lengths);
        var (first, second) = (noise.narrow(0, 0, length), noise.narrow(0, length, 4L * length));
        Assert.InRange(Largest(first), 0.85 * bound, bound * (1 + 1e-6));
        Assert.InRange(Largest(second), 0.9 * bound / 2, bound / 2 * (1 + 1e-6));
        embedding.eval();
        Assert.Equal(0, Largest(embedding.Forward(ids, lengths)));

        static double Largest(Tensor values) => values.detach().abs().max().item<float>();
    }

    [Fact]
    public void Noise_of_training_depends_on_seed_and_step_alone()
    {
        var noisy = TinyTraining.Options with { EmbeddingNoise = 5 };
        Assert.Equal(Losses(noisy), Losses(noisy));
        Assert.NotEqual(Losses(TinyTraining.Options), Losses(noisy));
    }

    [Fact]
    public void Smoothing_and_z_loss_are_in_the_training_loss_and_not_in_validation()
    {
        // With a rate of nothing the model stays as it is.
        var still = TinyTraining.Options with
        {
            LearningRate = 1e-30,
            MaxSteps = 3,
        };
        var plain = Lines(still);
        var dear = Lines(still with { Loss = new LossOptions(0.1, 0.01) });
        Assert.True((double)dear[0]["loss"]! > (double)plain[0]["loss"]!);
        Assert.Equal((double)plain[^1]["validation_loss"]!, (double)dear[^1]["validation_loss"]!, 1e-9);
    }

    [Theory]
    [InlineData("adamw_8bit")]
    [InlineData("adafactor")]
    [InlineData("sgd")]
    [InlineData("lion")]
    [InlineData("muon")]
    public void Live_tensors_stay_flat(string kind)
    {
        OptimizerOptions optimizer = kind switch
        {
            "adamw_8bit" => new AdamWOptions { EightBit = true, EightBitFrom = 256 },
            "adafactor" => new AdafactorOptions(Beta1: 0.9, ScaleParameter: true),
            "sgd" => new SgdOptions(0.9, Nesterov: true, WeightDecay: 0.1),
            "lion" => new LionOptions(WeightDecay: 0.1),
            _ => new MuonOptions(),
        };
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var live = new List<long>();
        training.Run(
            model,
            TinyTraining.Options with
            {
                Optimizer = optimizer,
                AverageDecay = 0.9,
                EmbeddingNoise = 5,
                Loss = new LossOptions(0.1, 1e-4),
                MicroBatchSize = 2,
                LogNoiseScale = true,
            },
            progress: new AtOnce<TrainingProgress>(_ =>
                live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount)
            )
        );
        Assert.Equal(live[4], live[^1]);
    }

    [Fact]
    public void The_average_is_what_is_validated_and_kept()
    {
        using var training = new TinyTraining();
        // An average that never moves is the model the training began with.
        var options = TinyTraining.Options with
        {
            AverageDecay = 1,
            Keep = KeepRule.Last,
        };
        using var model = training.NewModel();
        var start = TinyTraining.Bytes(model);
        training.Run(model, options);
        Assert.Equal(start, TinyTraining.Bytes(model));
        var validations = training.Lines().Where(l => l["validation_loss"] is not null).ToArray();
        Assert.Single(validations.Select(l => (double)l["validation_loss"]!).Distinct());
    }

    [Fact]
    public void The_noise_scale_is_logged_where_steps_have_several_passes()
    {
        var options = TinyTraining.Options with { BatchSize = 9, MicroBatchSize = 3, LogNoiseScale = true };
        var scales = Lines(options).Where(l => l["gradient_noise_scale"] is not null).ToArray();
        Assert.NotEmpty(scales);
        Assert.All(scales, l => Assert.True((double)l["gradient_noise_scale"]! > 0));
        Assert.All(Lines(options with { MicroBatchSize = 9 }), l => Assert.Null(l["gradient_noise_scale"]));
    }

    [Fact]
    public void The_noise_scale_of_known_gradients()
    {
        // True gradient of squared norm 4, trace of covariance 12: E|g_B|^2 = 4 + 12 / B.
        var scale = new NoiseScale().With((4 + 12 / 2.0, 2), (4 + 12 / 8.0, 8));
        Assert.Equal(3, scale.Value!.Value, 1e-9);
    }

    [Fact]
    public void A_training_out_of_time_ends_after_the_step_under_way_and_keeps_the_best()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var result = training.Run(model, TinyTraining.Options with { MaxMinutes = 1e-9 });
        Assert.Equal((1, true, false), (result.Steps, result.OutOfTime, result.StoppedEarly));
        Assert.Equal(1, result.KeptStep);
        // Gone on from there, no step is added.
        using var again = training.NewModel();
        Assert.Equal(1, training.Run(again, TinyTraining.Options with { MaxMinutes = 1e-9 }).Steps);
        Assert.Equal(TinyTraining.Bytes(model), TinyTraining.Bytes(again));
    }

    [Fact]
    public void A_leap_of_the_loss_ends_it_with_the_checkpoint_from_before()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        // A rate that grows a thousandfold after the warm-up of a still model: the loss leaps.
        var options = TinyTraining.Options with
        {
            LearningRate = 30,
            Schedule = ScheduleKind.Constant,
            WarmupSteps = 0,
            MaxGradNorm = 0,
            Optimizer = new SgdOptions(),
            CheckpointEvery = 1,
            MaxSteps = 40,
            ValidateEvery = 100,
            Watchdog = new WatchdogOptions(Factor: 1.5, Patience: 2, Window: 1),
        };
        var failure = Assert.Throws<LossSpikeException>(() => training.Run(model, options));
        Assert.Equal(4, failure.Rows.Count);
        Assert.Contains(
            $"the checkpoint of step {failure.Step - 2} is from before them",
            failure.Message,
            StringComparison.Ordinal
        );
        using var again = training.NewModel();
        Assert.Equal(failure.Message, Assert.Throws<LossSpikeException>(() => training.Run(again, options)).Message);
    }

    [Fact]
    public void A_watchdog_forgets_nothing_but_leaps()
    {
        var options = new WatchdogOptions(Factor: 2, Patience: 2, Window: 3);
        var watchdog = new[] { 1.0, 1.2, 0.8, 9.0 }.Aggregate(LossWatchdog.Start, (w, loss) => w.With(loss, options));
        Assert.Equal((1, 1.0), (watchdog.Spikes, watchdog.Median));
        Assert.Equal(0, watchdog.With(1.1, options).Spikes);
        Assert.Equal([1.2, 0.8, 1.1], watchdog.With(1.1, options).Losses);
    }

    private static double[] Losses(TrainingOptions options) =>
        [.. Lines(options).Where(l => l["loss"] is not null).Select(l => (double)l["loss"]!)];

    private static JsonNode[] Lines(TrainingOptions options)
    {
        using var training = new TinyTraining();
        using CausalModel model = training.NewModel();
        training.Run(model, options);
        return training.Lines();
    }
}
