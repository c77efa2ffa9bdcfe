using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>What a pass's distributions are like, over its labels: as TRL logs them.</summary>
internal sealed class LabelFigures
{
    private double _entropy;
    private long _right;
    private long _labels;

    /// <summary>Mean of <c>-sum p log p</c>, in nats.</summary>
    /// <param name="passes">Of each pass.</param>
    public static double Entropy(LabelFigures[] passes) => passes.Sum(p => p._entropy) / passes.Sum(p => p._labels);

    /// <summary>Share of labels that are the likeliest token.</summary>
    /// <param name="passes">Of each pass.</param>
    public static double Accuracy(LabelFigures[] passes) =>
        passes.Sum(p => p._right) / (double)passes.Sum(p => p._labels);

    /// <summary>Adds labels.</summary>
    /// <param name="logits"><c>[rows, vocabulary]</c>.</param>
    /// <param name="targets"><c>[rows]</c> int64.</param>
    public void Add(Tensor logits, Tensor targets)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var shares = nn.functional.softmax(logits, 1, ScalarType.Float32);
        _entropy += special.entr(shares).sum([1L]).cpu().sum(ScalarType.Float64).item<double>();
        _right += logits.argmax(1).eq(targets).sum().item<long>();
        _labels += targets.shape[0];
    }
}
