using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Training;

/// <summary>Weights that are moved within the backward pass.</summary>
[Collection("alone")]
public sealed class LayerStepsTests
{
    private static readonly Dictionary<string, TrainingOptions> Trainings = new(StringComparer.Ordinal)
    {
        ["adamw"] = With(new AdamWOptions(WeightDecay: 0.1)),
        ["adamw in bf16"] = With(new AdamWOptions()) with { Precision = Precision.BFloat16 },
        ["muon"] = With(new MuonOptions(WeightDecay: 0.1)),
        ["adafactor"] = With(new AdafactorOptions(ScaleParameter: true)),
        ["groups"] = With(new AdamWOptions(WeightDecay: 0.1)) with { Groups = new WeightGroups { LayerDecay = 0.7 } },
        ["average"] = With(new AdamWOptions()) with { AverageDecay = 0.9 },
    };

    public static TheoryData<string> Names => [.. Trainings.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_byte_is_that_of_moving_them_after_it(string name) => Check(Trainings[name], _ => { });

    [Fact]
    public void So_it_is_with_layers_computed_twice() => Check(Trainings["adamw"], model => model.Recomputes = true);

    [Fact]
    public void So_it_is_with_an_adapter_and_its_dropout() =>
        Check(Trainings["adamw"], model => LoraAdapter.Attach(model, new LoraOptions(4, 8, 0.2, false, null), 1));

    [Fact]
    public void So_it_is_where_some_layers_are_frozen() =>
        Check(Trainings["adamw"], model => WeightSelection.Apply(model, ["layers.1", "lm_head"], null));

    [Fact]
    public void A_layer_is_told_when_its_gradients_are_complete_and_none_below_has_begun()
    {
        using var scope = NewDisposeScope();
        using var training = new TinyTraining();
        using var model = training.NewModel();
        var told = new List<(int Layer, float[] Sums, bool Below)>();
        float[] Sums(int layer) => [.. Of(model, layer).Select(p => p.grad is { } g ? g.abs().sum().item<float>() : 0)];
        model.LayerPassed = layer =>
            told.Add((layer, Sums(layer), layer > 0 && Of(model, layer - 1).Any(p => p.grad is not null)));

        model.Logits(model.Hidden(Batch.Of([new[] { 1, 7, 9 }, new[] { 1, 5 }], CPU))).square().sum().backward();

        model.LayerPassed = null;
        Assert.Equal([1, 0], told.Select(t => t.Layer));
        Assert.All(told, t => Assert.Equal(Sums(t.Layer), t.Sums));
        Assert.All(told, t => Assert.All(t.Sums, sum => Assert.True(sum > 0)));
        Assert.All(told, t => Assert.False(t.Below));
    }

    [Fact]
    public void Where_the_loss_is_not_finite_nothing_moves()
    {
        using var training = new TinyTraining();
        using var model = training.NewModel();
        using (no_grad())
        {
            model.HeadWeight.detach().fill_(float.NaN);
        }

        var before = TinyTraining.Bytes(model);

        var error = Assert.Throws<TrainingDivergedException>(() => training.Run(model, Trainings["adamw"]));

        Assert.Equal(1, error.Step);
        Assert.Equal(before, TinyTraining.Bytes(model));
        Assert.Null(model.LayerPassed);
    }

    private static IEnumerable<TorchSharp.Modules.Parameter> Of(CausalModel model, int layer) =>
        model
            .named_parameters()
            .Where(p => p.name.StartsWith($"{model.LayersName}.{layer}.", StringComparison.Ordinal))
            .Select(p => p.parameter);

    private static TrainingOptions With(OptimizerOptions optimizer) =>
        TinyTraining.Options with
        {
            Optimizer = optimizer,
            MaxGradNorm = 0,
        };

    private static void Check(TrainingOptions options, Action<CausalModel> prepare)
    {
        using var training = new TinyTraining();
        var after = Run(training, options with { MicroBatchSize = options.BatchSize }, prepare, "after");
        var within = Run(training, options with { OptimizerInBackward = true }, prepare, "within");
        Assert.Equal(after.Log, within.Log);
        Assert.Equal(after.Weights, within.Weights);
    }

    private static (byte[] Weights, string Log) Run(
        TinyTraining training,
        TrainingOptions options,
        Action<CausalModel> prepare,
        string checkpoint
    )
    {
        using var model = training.NewModel();
        var untouched = TinyTraining.Bytes(model);
        prepare(model);
        training.Run(model, options, checkpoint: checkpoint);
        var weights = TinyTraining.Bytes(model);
        Assert.NotEqual(untouched, weights);
        return (weights, File.ReadAllText(training.Log));
    }
}
