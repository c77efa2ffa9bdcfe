using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>Label smoothing and z-loss of a stretch of logits: their sum and gradient in closed form.</summary>
internal static class LossTerms
{
    /// <summary>The sum over labels, and its gradient by the logits.</summary>
    /// <param name="logits"><c>[rows, vocabulary]</c> float32.</param>
    /// <param name="picked"><c>[rows, 1]</c> int64: the labels.</param>
    /// <param name="options">The terms.</param>
    public static (double Sum, Tensor Gradient) Of(Tensor logits, Tensor picked, LossOptions options)
    {
        using var scope = NewDisposeScope();
        var vocabulary = logits.shape[1];
        var share = options.LabelSmoothing / vocabulary;
        var height = logits.logsumexp(1, keepdim: true);
        var logProbs = logits - height;
        var sum = (1 - options.LabelSmoothing) * -Total(logProbs.gather(1, picked));
        if (options.LabelSmoothing > 0)
        {
            sum -= share * Total(logProbs);
        }

        // (1 - e)(p - label) + e (p - 1/V) + 2 z logsumexp p
        var gradient = logProbs.exp_();
        if (options.ZLoss > 0)
        {
            sum += options.ZLoss * Total(height.square());
            gradient.mul_(height * (2 * options.ZLoss) + 1);
        }

        gradient.scatter_add_(1, picked, full_like(picked, options.LabelSmoothing - 1, dtype: ScalarType.Float32));
        if (options.LabelSmoothing > 0)
        {
            gradient.sub_(share);
        }

        return (sum, gradient.MoveToOuterDisposeScope());
    }

    // On the processor: not every device has float64.
    private static double Total(Tensor values) => values.cpu().sum(ScalarType.Float64).item<double>();
}
