using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern 2018) as Transformers': squares of a matrix are kept as means of its rows and columns,
/// <c>u = g / (sqrt(R / mean R) sqrt C)</c>, of a vector as they are; u is limited to a root mean square, times the rate,
/// and smoothed where there is a beta1 (without a correction of its start).
/// </summary>
internal sealed class AdafactorUpdate : IWeightUpdate
{
    private readonly Tensor _weight;
    private readonly AdafactorOptions _options;
    private readonly double _weightDecay;
    private readonly Tensor? _rows;
    private readonly Tensor? _columns;
    private readonly Tensor? _squares;
    private readonly Tensor? _first;

    /// <summary>With empty sums.</summary>
    public AdafactorUpdate(Tensor weight, AdafactorOptions options, double weightDecay)
    {
        (_weight, _options, _weightDecay) = (weight, options, weightDecay);
        var shape = weight.shape;
        if (shape.Length >= 2)
        {
            _rows = Empty(shape[..^1]);
            _columns = Empty([.. shape[..^2], shape[^1]]);
        }
        else
        {
            _squares = Empty(shape);
        }

        _first = options.Beta1 is null ? null : Empty(shape);
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State =>
        [
            .. Kept("row_squares", _rows),
            .. Kept("column_squares", _columns),
            .. Kept("second_moment", _squares),
            .. Kept("first_moment", _first),
        ];

    /// <inheritdoc/>
    public void Step(Tensor gradient, double rate, int step)
    {
        using var scope = NewDisposeScope();
        if (_options.ScaleParameter)
        {
            rate *= Math.Max(_options.WeightEpsilon, RootMeanSquare(_weight));
        }

        var kept = 1 - Math.Pow(step, _options.DecayRate);
        var update = Normalized(gradient, kept);
        update.mul_(rate / Math.Max(1, RootMeanSquare(update) / _options.ClipThreshold));
        if (_first is not null)
        {
            var beta = _options.Beta1!.Value;
            update = _first.mul_(beta).add_(update, 1 - beta);
        }

        if (_weightDecay != 0)
        {
            _weight.add_(_weight, -_weightDecay * rate);
        }

        _weight.sub_(update);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, tensor) in State)
        {
            tensor.Dispose();
        }
    }

    private Tensor Normalized(Tensor gradient, double kept)
    {
        var squares = gradient.square().add_(_options.GradientEpsilon);
        if (_squares is not null)
        {
            _squares.mul_(kept).add_(squares, 1 - kept);
            return _squares.rsqrt().mul_(gradient);
        }

        _rows!.mul_(kept).add_(squares.mean([-1]), 1 - kept);
        _columns!.mul_(kept).add_(squares.mean([-2]), 1 - kept);
        var rows = (_rows / _rows.mean([-1], keepdim: true)).rsqrt_().unsqueeze(-1);
        return (rows * _columns.rsqrt().unsqueeze(-2)).mul_(gradient);
    }

    private Tensor Empty(long[] shape) => zeros(shape, float32, _weight.device).DetachFromDisposeScope();

    private static (string, Tensor)[] Kept(string name, Tensor? tensor) => tensor is null ? [] : [(name, tensor)];

    private static double RootMeanSquare(Tensor values) => values.norm().item<float>() / Math.Sqrt(values.numel());
}
