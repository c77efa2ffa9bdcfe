using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>A tensor of an optimizer's memory.</summary>
/// <param name="Name">What it is, e.g. <c>first_moment</c>.</param>
/// <param name="Weight">The weight's index.</param>
/// <param name="Value">Its values now; the optimizer owns it.</param>
public sealed record OptimizerState(string Name, int Weight, Tensor Value);

/// <summary>
/// Moves weights by their gradients: all in one call, or one at a time between <see cref="Begin"/> and the next one.
/// Both give the same values.
/// </summary>
public sealed class Optimizer : IDisposable
{
    private readonly IWeightUpdate[] _updates;
    private readonly double[] _factors;
    private readonly int[] _single;
    private readonly (int[] Indices, double Factor)[] _fused;

    /// <summary>An optimizer without memory yet.</summary>
    /// <param name="weights">float32, contiguous, updated in place.</param>
    /// <param name="options">Which one, and its constants.</param>
    /// <param name="rules">One a weight; null: one rate for all, decay on what has two dimensions or more, and those
    /// weights are hidden matrices.</param>
    public Optimizer(IReadOnlyList<Tensor> weights, OptimizerOptions options, IReadOnlyList<WeightRule>? rules = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        rules ??= [.. weights.Select(w => Usual(w, options))];
        _factors = [.. rules.Select(r => r.RateFactor)];
        _updates = [.. weights.Zip(rules, (weight, rule) => Update(weight, options, rule))];
        // Weights of one rate, decay and form go to the fused kernel together.
        _fused =
        [
            .. Enumerable
                .Range(0, weights.Count)
                .Where(i => _updates[i] is AdamWUpdate)
                .GroupBy(i => (_factors[i], rules[i].WeightDecay))
                .Select(group => (group.ToArray(), group.Key.Item1)),
        ];
        _single = [.. Enumerable.Range(0, weights.Count).Where(i => _updates[i] is not AdamWUpdate)];
    }

    /// <summary>Steps begun; set it when the memory is restored.</summary>
    public int Steps { get; set; }

    /// <summary>All it remembers.</summary>
    public IReadOnlyList<OptimizerState> State =>
        [.. _updates.SelectMany((update, i) => update.State.Select(s => new OptimizerState(s.Name, i, s.Value)))];

    /// <summary>Begins a step whose weights are moved one at a time.</summary>
    public void Begin() => Steps++;

    /// <summary>Moves one weight in the step that was begun.</summary>
    /// <param name="index">The weight's.</param>
    /// <param name="gradient">float32.</param>
    /// <param name="learningRate">The step's rate.</param>
    public void Step(int index, Tensor gradient, double learningRate)
    {
        using var noGrad = no_grad();
        _updates[index].Step(gradient, learningRate * _factors[index], Steps);
    }

    /// <summary>Takes one step.</summary>
    /// <param name="gradients">float32, one a weight.</param>
    /// <param name="learningRate">The step's rate.</param>
    public void Step(IReadOnlyList<Tensor> gradients, double learningRate)
    {
        using var noGrad = no_grad();
        Begin();
        foreach (var (indices, factor) in _fused)
        {
            AdamWUpdate.Step(
                [.. indices.Select(i => (AdamWUpdate)_updates[i])],
                [.. indices.Select(i => gradients[i])],
                learningRate * factor,
                Steps
            );
        }

        foreach (var i in _single)
        {
            _updates[i].Step(gradients[i], learningRate * _factors[i], Steps);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var update in _updates)
        {
            update.Dispose();
        }
    }

    private static WeightRule Usual(Tensor weight, OptimizerOptions options) =>
        new(1, weight.dim() >= 2 ? options.WeightDecay : 0, weight.dim() == 2);

    private static IWeightUpdate Update(Tensor weight, OptimizerOptions options, WeightRule rule) =>
        options switch
        {
            AdamWOptions { EightBit: true } o when weight.numel() >= o.EightBitFrom => new AdamW8BitUpdate(
                weight,
                o,
                rule.WeightDecay
            ),
            AdamWOptions o => new AdamWUpdate(weight, o, rule.WeightDecay),
            SgdOptions o => new SgdUpdate(weight, o, rule.WeightDecay),
            LionOptions o => new LionUpdate(weight, o, rule.WeightDecay),
            AdafactorOptions o => new AdafactorUpdate(weight, o, rule.WeightDecay),
            MuonOptions o when rule.Hidden && weight.dim() == 2 => new MuonUpdate(weight, o, rule.WeightDecay),
            MuonOptions o => new AdamWUpdate(weight, o.Rest, rule.WeightDecay),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options, "no such optimizer"),
        };
}
