using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>
/// Muon (Jordan et al. 2024): momentum of the gradient, brought near an orthogonal matrix by Newton-Schulz rounds in
/// float32. <c>w *= 1 - lr*wd; w -= lr f X</c>.
/// </summary>
internal sealed class MuonUpdate(Tensor weight, MuonOptions options, double weightDecay) : IWeightUpdate
{
    private const double LeastNorm = 1e-7;

    // The coefficients of Jordan et al.: the steepest rise of small singular values; they end in 0.68 to 1.13.
    private const double A = 3.4445;
    private const double B = -4.7750;
    private const double C = 2.0315;

    private readonly Tensor _momentum = zeros_like(weight).DetachFromDisposeScope();

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("momentum", _momentum)];

    /// <inheritdoc/>
    public void Step(Tensor gradient, double rate, int step)
    {
        using var scope = NewDisposeScope();
        _momentum.mul_(options.Momentum).add_(gradient, 1 - options.Momentum);
        var update = options.Nesterov
            ? gradient.mul(1 - options.Momentum).add_(_momentum, options.Momentum)
            : _momentum;
        var direction = Orthogonal(update, options.Rounds);
        if (weightDecay != 0)
        {
            weight.mul_(1 - rate * weightDecay);
        }

        weight.add_(direction, -rate * Factor());
    }

    /// <inheritdoc/>
    public void Dispose() => _momentum.Dispose();

    private double Factor()
    {
        var (rows, columns) = ((double)weight.shape[0], (double)weight.shape[1]);
        return options.MatchRms ? 0.2 * Math.Sqrt(Math.Max(rows, columns)) : Math.Sqrt(Math.Max(1, rows / columns));
    }

    private static Tensor Orthogonal(Tensor matrix, int rounds)
    {
        var turned = matrix.shape[0] > matrix.shape[1];
        var x = turned ? matrix.t() : matrix;
        x = x / Math.Max(x.norm().item<float>(), LeastNorm);
        for (var round = 0; round < rounds; round++)
        {
            var square = x.mm(x.t());
            var polynomial = square.mm(square).mul_(C).add_(square, B);
            x = polynomial.mm(x).add_(x, A);
        }

        return turned ? x.t() : x;
    }
}
