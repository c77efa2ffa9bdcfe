using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Objectives;
using Finetune.Engine.Training.Optimizers;

namespace Finetune.Engine.Tests.Training;

/// <summary>Two passes of a narrow model at once. The number of threads is the process's, so it runs alone.</summary>
[Collection("alone")]
public sealed class ReplicaTests
{
    public static TheoryData<Precision, bool, bool> Trainings() =>
        new()
        {
            { Precision.Float32, false, false },
            { Precision.BFloat16, false, false },
            { Precision.Float32, true, false },
            { Precision.BFloat16, true, true },
        };

    public static TheoryData<string> Families => FixtureRoots.Cases("models");

    [Theory]
    [MemberData(nameof(Trainings))]
    public void One_thread_and_two_end_with_the_same_bytes(Precision precision, bool adapter, bool dora)
    {
        var options = TinyTraining.Options with
        {
            Precision = precision,
            BatchSize = 6,
            LogNoiseScale = true,
            LogEntropy = true,
            LogTokenAccuracy = true,
        };
        var runs = new[] { 1, 2 }.Select(threads => Run(threads)).ToArray();
        Assert.Equal(runs[0].Log, runs[1].Log);
        Assert.Equal(runs[0].Bytes, runs[1].Bytes);

        (byte[] Bytes, string Log) Run(int threads)
        {
            using var asked = new AskedThreads(threads);
            using var training = new TinyTraining();
            using var model = training.NewModel();
            if (adapter)
            {
                LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, null) { Dora = dora }, 1);
            }

            Assert.True(Replica.Suits(model, options));
            training.Run(model, options);
            return (TinyTraining.Bytes(model), File.ReadAllText(training.Log));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Families))]
    public void A_replica_of_every_family_gives_the_model_s_own_gradient(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var family = ModelConfig.Read(folder).ModelType;
        Skip.IfNot(ModelFamilies.Names.Contains(family), $"{family} is not a known family");
        using var asked = new AskedThreads(2);
        using var model = ModelFolder.Load(folder);
        var options = TinyTraining.Options;
        Assert.True(Replica.Suits(model, options));
        using var weights = new TrainableWeights(model, Precision.Float32);
        using var replica = new Replica(model);
        var cut = new StepPasses(options, model.Shape, byTwos: true);
        var objective = new CrossEntropyObjective(Rows(model.Shape), [], null, options, cut);
        var (alone, two) = (Step(null), Step(replica));
        Assert.Equal(alone.Loss, two.Loss, 1e-9);
        Assert.InRange(two.GradientNorm / alone.GradientNorm, 1 - 1e-6, 1 + 1e-6);

        StepOutcome Step(Replica? beside)
        {
            // At a rate of zero nothing moves.
            using var optimizer = new Optimizer(weights.Masters, new SgdOptions());
            var stepper = new OptimizerStep(model, weights, optimizer, 0) { Replica = beside };
            return stepper.Run(objective.Step([0, 1, 2, 3, 4]), 0);
        }
    }

    private static TrainingExample[] Rows(ModelShape shape) =>
        [
            .. Enumerable
                .Range(3, 5)
                .Select(row =>
                {
                    int[] ids = [.. Enumerable.Range(0, row + 6).Select(i => (7 * i + row) % shape.VocabularySize)];
                    return shape.DecoderStart is { } start
                        ? TrainingExample.OfPair(ids, start, ids.AsSpan(0, row))
                        : new TrainingExample(ids, [.. ids.Select((_, i) => i > 2)]);
                }),
        ];

    [Fact]
    public void What_draws_numbers_or_moves_weights_within_a_pass_runs_on_one_thread()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var options = TinyTraining.Options;
        Assert.True(Replica.Suits(model, options));
        Assert.False(Replica.Suits(model, options with { EmbeddingNoise = 5 }));
        Assert.False(Replica.Suits(model, options with { OptimizerInBackward = true }));
        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0.1, false, null), 1);
        Assert.False(Replica.Suits(model, options));
    }

    [Fact]
    public void What_fails_beside_fails_the_step()
    {
        using var asked = new AskedThreads(2);
        using var lane = new Lane();
        var here = false;
        var failure = Assert.Throws<InvalidOperationException>(() =>
            lane.Run(() => here = true, () => throw new InvalidOperationException("beside"))
        );
        Assert.Equal(("beside", true), (failure.Message, here));
        Assert.Throws<NotSupportedException>(() => lane.Run(() => throw new NotSupportedException(), () => { }));
        lane.Run(() => { }, () => here = false);
        Assert.False(here);
    }

    [Fact]
    public void Passes_that_run_by_twos_are_even_in_number_and_size()
    {
        using var folder = TinyModel.Folder();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        var cut = new StepPasses(TinyTraining.Options, model.Shape, byTwos: true);
        Assert.Equal(
            [
                [10, 20, 30],
                [40, 20],
            ],
            cut.Of([10, 20, 30, 40, 20], tokens => tokens)
        );
        Assert.Equal(
            [
                [10],
            ],
            cut.Of([10], tokens => tokens)
        );
        var many = cut.Of([.. Enumerable.Range(0, 400).Select(i => 50 + i % 7)], tokens => tokens);
        Assert.Equal(0, many.Count % 2);
        Assert.Equal(400, many.Sum(pass => pass.Count));
        var two = TokenBudget.OfTraining(model.Shape, Precision.Float32) + 2 * 56;
        Assert.All(many, pass => Assert.InRange(2 * pass.Sum(), 0, two));
    }

    // As a run of a narrow model sets them.
    private sealed class AskedThreads : IDisposable
    {
        private readonly int _before = TorchSharp.torch.get_num_threads();

        public AskedThreads(int threads)
        {
            Threads.Asked = threads;
            TorchSharp.torch.set_num_threads(1);
        }

        public void Dispose()
        {
            Threads.Asked = null;
            TorchSharp.torch.set_num_threads(_before);
        }
    }
}
