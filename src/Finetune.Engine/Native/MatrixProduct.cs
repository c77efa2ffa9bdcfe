using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>
/// Products of large matrices, without graph. ATen gives those of float32 to MKL, which has no AVX-512 code for processors of
/// other makers than Intel: on AMD's since Zen 4, oneDNN, which libtorch brings for bfloat16, takes less than half of the time.
/// What multiplies follows from processor and shape alone, never from a measurement, so that the same rows always round alike.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Of <c>at::native::mkldnn_matmul(Tensor const&amp;, Tensor const&amp;, Tensor const&amp;, float beta, float
    /// alpha)</c>, as the compiler writes it.</summary>
    public const string Name = "_ZN2at6native13mkldnn_matmulERKNS_6TensorES3_S3_ff";

    // A product that is narrower in any direction is as fast by MKL: at 64 the gain is what the call costs.
    private const long Narrowest = 96;

    // "Auth", as the processor names its maker.
    private const int Amd = 0x68747541;

    private static readonly delegate* unmanaged<nint, nint, nint, float, float, void> Multiply;

    static MatrixProduct()
    {
        if (X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx == Amd && Avx512F.IsSupported)
        {
            Multiply = (delegate* unmanaged<nint, nint, nint, float, float, void>)TorchExports.Find(Name);
        }
    }

    /// <summary>Whether products with a weight run code that oneDNN writes for each number of rows.</summary>
    /// <param name="type">Of the numbers.</param>
    /// <param name="device">Where.</param>
    /// <param name="width">Of the weight, where it is narrowest.</param>
    public static bool IsCompiled(ScalarType type, Device device, long width) =>
        device.type == TorchSharp.DeviceType.CPU
        && (type == ScalarType.BFloat16 || Multiply is not null && type == ScalarType.Float32 && width >= Narrowest);

    /// <summary>Whether oneDNN makes the product of two matrices, whichever way round either is stored.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool IsOwn(Tensor left, Tensor right) =>
        left.dtype == ScalarType.Float32
        && right.dtype == ScalarType.Float32
        && left.device_type == TorchSharp.DeviceType.CPU
        && Multiply is not null
        && Math.Min(left.shape.Min(), right.shape.Min()) >= Narrowest;

    /// <summary><c>x W^T + b</c>. The caller's dispose scope owns it.</summary>
    /// <param name="x"><c>[n, inputs]</c>.</param>
    /// <param name="weight"><c>[outputs, inputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias)
    {
        if (!IsOwn(x, weight))
        {
            return nn.functional.linear(x, weight, bias);
        }

        var product = Of(x, weight.t());
        return bias is null ? product : product.add_(bias, Scalars.One);
    }

    /// <summary><c>left right</c>. The caller's dispose scope owns it.</summary>
    /// <param name="left"><c>[n, inner]</c>.</param>
    /// <param name="right"><c>[inner, m]</c>.</param>
    public static Tensor Of(Tensor left, Tensor right)
    {
        if (!IsOwn(left, right))
        {
            return left.mm(right);
        }

        var result = empty([left.shape[0], right.shape[1]], left.dtype, left.device);
        Into(result, left, right, kept: 0);
        return result;
    }

    /// <summary>Adds <c>left right</c> to a sum.</summary>
    /// <param name="sum"><c>[n, m]</c>.</param>
    /// <param name="left"><c>[n, inner]</c>.</param>
    /// <param name="right"><c>[inner, m]</c>.</param>
    public static void Add(Tensor sum, Tensor left, Tensor right)
    {
        if (IsOwn(left, right) && sum.is_contiguous())
        {
            Into(sum, left, right, kept: 1);
        }
        else
        {
            sum.addmm_(left, right);
        }
    }

    private static void Into(Tensor result, Tensor left, Tensor right, float kept)
    {
        Multiply(left.Handle, right.Handle, result.Handle, kept, 1);
        GC.KeepAlive(left);
        GC.KeepAlive(right);
        GC.KeepAlive(result);
    }
}
