using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>Limits the norm of all gradients together.</summary>
public static class GradientClipping
{
    /// <summary>Scales by <c>min(1, limit / (norm + 1e-6))</c>, as PyTorch does.</summary>
    /// <param name="gradients">Changed in place.</param>
    /// <param name="limit">Largest norm; 0 only measures.</param>
    /// <param name="order">Of the norm; infinity for the largest absolute value.</param>
    /// <returns>The norm before.</returns>
    public static double Clip(IReadOnlyList<Tensor> gradients, double limit, double order = 2)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var norms = stack(gradients.Select(g => Norm(g, order)));
        var norm = Norm(norms, order).item<float>();
        var scale = limit / (norm + 1e-6);
        if (limit > 0 && scale < 1)
        {
            foreach (var gradient in gradients)
            {
                gradient.TimesInPlace(scale);
            }
        }

        return norm;
    }

    private static Tensor Norm(Tensor values, double order) =>
        double.IsPositiveInfinity(order) ? values.abs().max() : values.norm((float)order);
}
