using System.Runtime.Intrinsics;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Managed;

/// <summary>A norm of rows: root mean square, or mean and variance, times a weight and plus a bias where there are such.</summary>
internal sealed unsafe class ManagedNorm
{
    private const int Lane = 8;
    private readonly float* _weight;
    private readonly float* _bias;
    private readonly bool _centred;
    private readonly float _epsilon;

    // Gemma's factor is one plus the weight.
    private readonly float _extra;

    private ManagedNorm(Tensor? weight, Tensor? bias, bool centred, bool fromOne, double epsilon)
    {
        _weight = weight is null ? null : (float*)TensorMemory.Of(weight);
        _bias = bias is null ? null : (float*)TensorMemory.Of(bias);
        _centred = centred;
        _extra = fromOne ? 1 : 0;
        _epsilon = (float)epsilon;
    }

    /// <summary>Of a model's norm; null for one of another kind.</summary>
    public static ManagedNorm? Of(Norm norm, double epsilon) =>
        norm switch
        {
            RmsNorm rms => new ManagedNorm(rms.Weight, null, centred: false, rms.FromOne, epsilon),
            LayerNorm layer => new ManagedNorm(
                layer.Weight,
                layer.named_parameters().FirstOrDefault(p => p.name == "bias").parameter,
                centred: true,
                fromOne: false,
                epsilon
            ),
            _ => null,
        };

    /// <summary>Norms one row; both places may be the same.</summary>
    public void Run(float* x, float* y, int width)
    {
        var mean = _centred ? Sum(x, width) / width : 0;
        var square = 0f;
        var sum = Vector256<float>.Zero;
        var shift = Vector256.Create(mean);
        var i = 0;
        for (; i <= width - Lane; i += Lane)
        {
            var value = Vector256.Load(x + i) - shift;
            sum = Vector256.MultiplyAddEstimate(value, value, sum);
        }

        square = Vector256.Sum(sum);
        for (; i < width; i++)
        {
            square += (x[i] - mean) * (x[i] - mean);
        }

        var factor = 1 / MathF.Sqrt(square / width + _epsilon);
        var factors = Vector256.Create(factor);
        var extra = Vector256.Create(_extra);
        for (i = 0; i <= width - Lane; i += Lane)
        {
            var value = (Vector256.Load(x + i) - shift) * factors;
            value = _weight is null ? value : value * (Vector256.Load(_weight + i) + extra);
            (_bias is null ? value : value + Vector256.Load(_bias + i)).Store(y + i);
        }

        for (; i < width; i++)
        {
            var value = (x[i] - mean) * factor * (_weight is null ? 1 : _weight[i] + _extra);
            y[i] = _bias is null ? value : value + _bias[i];
        }
    }

    private static float Sum(float* x, int width)
    {
        var sum = 0f;
        for (var i = 0; i < width; i++)
        {
            sum += x[i];
        }

        return sum;
    }
}
