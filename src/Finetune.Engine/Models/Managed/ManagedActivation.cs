using System.Runtime.Intrinsics;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models.Managed;

/// <summary>Activations in place, and their product with what a gate lets through.</summary>
internal static unsafe class ManagedActivation
{
    private const int Lane = 8;

    // tanh form of GELU (Hendrycks and Gimpel 2016).
    private const float RootOfTwoOverPi = 0.7978845608f;
    private const float Cubic = 0.044715f;

    /// <summary>Whether an activation is computed here.</summary>
    public static bool Knows(Activation activation) => activation != Activation.GeluErf;

    /// <summary><c>x = act(x)</c>, or <c>act(x) * other</c>.</summary>
    /// <param name="activation">Which.</param>
    /// <param name="x">In and out.</param>
    /// <param name="other">Null for none.</param>
    /// <param name="count">How many numbers.</param>
    public static void Run(Activation activation, float* x, float* other, long count)
    {
        long i = 0;
        for (; i <= count - Lane; i += Lane)
        {
            var value = Of(activation, Vector256.Load(x + i));
            (other is null ? value : value * Vector256.Load(other + i)).Store(x + i);
        }

        for (; i < count; i++)
        {
            var value = Of(activation, Vector256.CreateScalar(x[i])).ToScalar();
            x[i] = other is null ? value : value * other[i];
        }
    }

    private static Vector256<float> Of(Activation activation, Vector256<float> x) =>
        activation switch
        {
            Activation.Silu => x * Logistic(x),
            Activation.Relu => Vector256.Max(x, Vector256<float>.Zero),
            // (1 + tanh(u)) / 2 is the logistic function of 2u.
            _ => x * Logistic(2 * RootOfTwoOverPi * (x + Cubic * x * x * x)),
        };

    private static Vector256<float> Logistic(Vector256<float> x) =>
        Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-x));
}
