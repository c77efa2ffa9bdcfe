using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;
using TorchSharp;

namespace Finetune.Engine.Tests.Training;

/// <summary>What holds of every training.</summary>
public sealed class TrainerLawTests
{
    [Theory]
    [InlineData(Precision.Float32, 1e-5)]
    [InlineData(Precision.BFloat16, 2e-2)]
    public void Law_4_passes_change_nothing_but_rounding(Precision precision, double rounding)
    {
        var options = TinyTraining.Options with { BatchSize = 16, Precision = precision };
        var runs = new[] { 16, 8, 1, (int?)null }
            .Select(size => Losses(options with { MicroBatchSize = size }))
            .ToArray();
        Assert.All(
            runs,
            run => Assert.All(run.Zip(runs[0]), p => Assert.InRange(p.First / p.Second, 1 - rounding, 1 + rounding))
        );
    }

    [Fact]
    public void Bfloat16_learns_as_float32_does()
    {
        var wide = Losses(TinyTraining.Options);
        var narrow = Losses(TinyTraining.Options with { Precision = Precision.BFloat16 });
        Assert.All(narrow.Zip(wide), p => Assert.InRange(p.First / p.Second, 0.95, 1.05));
    }

    [Fact]
    public void An_adapter_on_a_base_read_in_bfloat16_is_that_on_one_rounded_to_it()
    {
        byte[] Adapter(Precision read)
        {
            using var folder = TinyModel.Folder();
            using var training = new TinyTraining();
            using var model = ModelFolder.Initialize(folder.Path, 3, read);
            LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, null), 1);
            training.Run(model, TinyTraining.Options with { Precision = Precision.BFloat16 });
            using var scope = torch.NewDisposeScope();
            return [.. model.parameters().Where(p => p.requires_grad).SelectMany(p => p.detach().bytes.ToArray())];
        }

        Assert.Equal(Adapter(Precision.Float32), Adapter(Precision.BFloat16));
    }

    [Fact]
    public void The_last_step_of_an_epoch_takes_what_is_left()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var result = training.Run(model);
        Assert.Equal(15, result.Steps);
        var log = Lines(training).Where(l => l["loss"] is not null).ToArray();
        Assert.Equal(3.0, log[^1]["epoch"]!.GetValue<double>());
        Assert.Equal(0.0, log[0]["learning_rate"]!.GetValue<double>());
        Assert.Equal(3L * TinyTraining.Rows(18, 1).Sum(r => r.InputIds.Length), log[^1]["tokens"]!.GetValue<long>());
        Assert.Equal([3, 6, 9, 12, 15], Lines(training).Where(l => l["loss"] is null).Select(l => (int)l["step"]!));
    }

    [Fact]
    public void Early_stop_keeps_the_best_weights()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var calls = 0;
        byte[] best = [];
        var options = TinyTraining.Options with
        {
            Keep = KeepRule.ValidationAccuracy,
            EarlyStop = 2,
            ValidateEvery = 2,
        };
        var result = training.Run(
            model,
            options,
            accuracy: m =>
            {
                calls++;
                best = calls == 2 ? TinyTraining.Bytes(m) : best;
                return calls == 2 ? 0.9 : 0.5;
            }
        );
        Assert.Equal((8, 4, true), (result.Steps, result.KeptStep, result.StoppedEarly));
        Assert.Equal(best, TinyTraining.Bytes(model));
    }

    [Fact]
    public void A_loss_that_is_not_finite_names_step_and_rows()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        using (torch.no_grad())
        {
            model.HeadWeight.detach().fill_(float.NaN);
        }

        var failure = Assert.Throws<TrainingDivergedException>(() =>
            training.Run(model, TinyTraining.Options with { Shuffle = false })
        );
        Assert.Equal(1, failure.Step);
        Assert.Equal([0, 1, 2, 3], failure.Rows);
    }

    [Fact]
    public void Law_9_a_row_without_labels_is_named()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var rows = TinyTraining.Rows(4, 1).Append(new TrainingExample([1, 5, 2], [true, false, false])).ToArray();
        Assert.Equal([4], Assert.Throws<TrainingDataException>(() => training.Run(model, rows: rows)).Rows);
    }

    [Fact]
    public void Live_tensors_stay_flat()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var live = new List<long>();
        training.Run(
            model,
            TinyTraining.Options with
            {
                Epochs = 8,
            },
            progress: new AtOnce<TrainingProgress>(_ => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount))
        );
        Assert.Equal(live[4], live[^1]);
    }

    [Fact]
    public void The_order_of_an_epoch_is_a_fixed_permutation()
    {
        Assert.Equal(Enumerable.Range(0, 10), SeededOrder.Of(10, 17, 0).Order());
        Assert.NotEqual(SeededOrder.Of(10, 17, 0), SeededOrder.Of(10, 17, 1));
        Assert.NotEqual(SeededOrder.Of(10, 17, 0), SeededOrder.Of(10, 18, 0));
    }

    [Fact]
    public void Warmup_ratio_rounds_up()
    {
        Assert.Equal(1, Schedule.Warmup(0.03, 10));
        Assert.Equal(7, Schedule.Warmup(0.07, 100));
        Assert.Equal(0, Schedule.Warmup(0, 100));
    }

    private static double[] Losses(TrainingOptions options)
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        training.Run(model, options);
        return [.. Lines(training).Where(l => l["loss"] is not null).Select(l => l["loss"]!.GetValue<double>())];
    }

    private static JsonNode[] Lines(TinyTraining training) =>
        [.. File.ReadLines(training.Log).Select(line => JsonNode.Parse(line)!)];
}
