using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>The few attributes of numbers that templates may meet.</summary>
internal static class NumberMethods
{
    public static object? Bind(object owner, string name) =>
        (owner, name) switch
        {
            (BigInteger or bool, "real" or "numerator") => Kinds.Whole(owner)!.Value,
            (BigInteger or bool, "imag") => BigInteger.Zero,
            (BigInteger or bool, "denominator") => BigInteger.One,
            (BigInteger or bool, "bit_length") => Method(
                name,
                _ => (BigInteger)BigInteger.Abs(Kinds.Whole(owner)!.Value).GetBitLength()
            ),
            (BigInteger or bool, "is_integer") => Method(name, _ => true),
            (double number, "is_integer") => Method(name, _ => double.IsInteger(number)),
            (double number, "real") => number,
            (double, "imag") => 0.0,
            _ => null,
        };

    private static Function Method(string name, Func<Bound, object> run) => new(new Signature(name, ""), run);
}
