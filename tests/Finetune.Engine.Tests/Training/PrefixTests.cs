using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Quantization;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Prefix;

namespace Finetune.Engine.Tests.Training;

/// <summary>Trainings on what the frozen layers made, computed once, against those that run all layers.</summary>
public sealed class PrefixTests
{
    private static readonly Dictionary<string, TrainingOptions> Ways = new(StringComparer.Ordinal)
    {
        ["fp32"] = TinyTraining.Options,
        ["bf16"] = TinyTraining.Options with { Precision = Precision.BFloat16 },
        ["row by row"] = TinyTraining.Options with { MicroBatchSize = 1 },
        ["smoothed loss"] = TinyTraining.Options with { Loss = new LossOptions(0.1, 1e-3) },
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Losses_are_those_of_all_layers(string name)
    {
        using var training = new TinyTraining();
        var options = Ways[name] with { Keep = KeepRule.Last };
        using var whole = Model(training, options.Precision);
        var before = TinyTraining.Bytes(whole);
        training.Run(whole, options);
        var losses = Losses(training);
        Assert.NotEqual(before, TinyTraining.Bytes(whole));

        using var scratch = Scratch.New();
        using var stored = Stored(training, options.Precision, scratch);
        using var model = Model(training, options.Precision);
        training.Run(model, options, stored.Onto(TinyTraining.Rows(18, 1)), checkpoint: "stored");

        var tolerance = options.Precision == Precision.Float32 ? 1e-5 : 1e-2;
        Assert.All(losses.Zip(Losses(training)), p => Assert.InRange(p.Second / p.First, 1 - tolerance, 1 + tolerance));
    }

    [Fact]
    public void Over_a_quantised_base_too()
    {
        using var training = new TinyTraining();
        using var folder = Scratch.New();
        using (var drawn = training.NewModel())
        {
            ModelFolder.Save(drawn, folder.Path);
        }

        CausalModel Quantised()
        {
            var model = ModelFolder.Load(folder.Path, format: WeightFormat.NormalFloat);
            LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, null) { Layers = new AdaptedLayers(1, null) }, 5);
            return model;
        }

        using var whole = Quantised();
        training.Run(whole);
        var losses = Losses(training);
        var path = Path.Combine(folder.Path, "states.safetensors");
        using (var frozen = Quantised())
        {
            PrefixFile.Write(path, frozen, 1, TinyTraining.Rows(18, 1));
        }

        using var stored = PrefixFile.Open(path);
        using var model = Quantised();
        training.Run(model, rows: stored.Onto(TinyTraining.Rows(18, 1)), checkpoint: "stored");
        Assert.All(losses.Zip(Losses(training)), p => Assert.InRange(p.Second / p.First, 1 - 1e-5, 1 + 1e-5));
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void A_training_that_was_cut_ends_with_the_same_bytes(Precision precision)
    {
        using var training = new TinyTraining();
        using var scratch = Scratch.New();
        using var stored = Stored(training, precision, scratch);
        var rows = stored.Onto(TinyTraining.Rows(18, 1));
        var options = TinyTraining.Options with { Precision = precision };
        using var whole = Model(training, precision);
        training.Run(whole, options, rows, checkpoint: "whole");
        using var stop = new CancellationTokenSource();
        var progress = new AtOnce<TrainingProgress>(p =>
        {
            if (p.Step == 7)
            {
                stop.Cancel();
            }
        });
        using (var model = Model(training, precision))
        {
            Assert.Throws<OperationCanceledException>(() =>
                training.Run(model, options, rows, null, "cut", progress, stop.Token)
            );
        }

        // A checkpoint made on stored states is not gone on from without them: their rounding is their own.
        using (var without = Model(training, precision))
        {
            Copy(training.CheckpointPath("cut"), training.CheckpointPath("without"));
            Assert.Null(training.Run(without, options, checkpoint: "without").ResumedFrom);
        }

        using var again = Model(training, precision);
        Assert.Equal(7, training.Run(again, options, rows, checkpoint: "cut").ResumedFrom);
        Assert.Equal(TinyTraining.Bytes(whole), TinyTraining.Bytes(again));
    }

    [Fact]
    public void The_same_states_are_the_same_bytes_and_fit_only_their_examples()
    {
        using var training = new TinyTraining();
        using var first = Scratch.New();
        using var second = Scratch.New();
        using var stored = Stored(training, Precision.Float32, first);
        using var again = Stored(training, Precision.Float32, second);
        Assert.Equal(File.ReadAllBytes(PathIn(first)), File.ReadAllBytes(PathIn(second)));
        Assert.Equal((1, 16L), (stored.Layer, stored.Width));

        Assert.Contains(
            "other examples",
            Assert.Throws<ModelFileException>(() => stored.Onto(TinyTraining.Rows(17, 1))).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ModelFileException>(() => stored.Onto(TinyTraining.Rows(18, 2)));

        using var other = training.NewModel();
        ModelFolder.Save(other, second.Path);
        Assert.Contains(
            "no states",
            Assert
                .Throws<ModelFileException>(() => PrefixFile.Open(Path.Combine(second.Path, "model.safetensors")))
                .Message,
            StringComparison.Ordinal
        );
    }

    private static PrefixFile Stored(TinyTraining training, Precision precision, Scratch scratch)
    {
        using var frozen = Model(training, precision);
        PrefixFile.Write(PathIn(scratch), frozen, 1, TinyTraining.Rows(18, 1));
        return PrefixFile.Open(PathIn(scratch));
    }

    private static string PathIn(Scratch scratch) => Path.Combine(scratch.Path, "states.safetensors");

    private static CausalModel Model(TinyTraining training, Precision precision)
    {
        using var drawn = training.NewModel();
        using var folder = Scratch.New();
        ModelFolder.Save(drawn, folder.Path);
        var model = ModelFolder.Load(folder.Path, precision);
        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, null) { Layers = new AdaptedLayers(1, null) }, 5);
        return model;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static double[] Losses(TinyTraining training) =>
        [.. training.Lines().Where(l => l["loss"] is not null).Select(l => l["loss"]!.GetValue<double>())];
}
