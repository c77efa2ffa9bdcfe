using TorchSharp;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>
/// Numbers for native calls. The operators of TorchSharp make a scalar for each number they are given, also the hidden
/// factor 1 of an addition, and leave it to the collector: a few bytes that lie between the large blocks of a step and
/// keep their gaps from being joined, until memory is several times what is in use. What runs many times a step takes
/// its numbers from here.
/// </summary>
internal static class Scalars
{
    /// <summary>The usual factor of what is added.</summary>
    public static readonly Scalar One = 1;

    /// <summary><c>x + y</c>.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary><c>x * factor</c>.</summary>
    public static Tensor Times(this Tensor x, double factor)
    {
        using Scalar scalar = factor;
        return x.mul(scalar);
    }

    /// <summary><c>x *= factor</c>; the same handle.</summary>
    public static Tensor TimesInPlace(this Tensor x, double factor)
    {
        using Scalar scalar = factor;
        return x.mul_(scalar);
    }
}
