using System.Numerics;
using Finetune.Engine.Templates.Methods;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Jinja's tests.</summary>
internal static class TestTable
{
    private static readonly Dictionary<string, Function> All = new(StringComparer.Ordinal);

    static TestTable()
    {
        One("defined", value => value is not Undefined);
        One("undefined", value => value is Undefined);
        One("none", value => value is None);
        One("boolean", value => value is bool);
        One("true", value => value is true);
        One("false", value => value is false);
        One("integer", value => value is BigInteger);
        One("float", value => value is double);
        One("number", Kinds.IsNumber);
        One("string", value => Kinds.Text(value) is not null);
        One("mapping", value => value is PyDict);
        One("iterable", Iteration.IsIterable);
        One("sequence", value => value is string or Markup or PyList or PyTuple or PyDict or PyRange or Undefined);
        One("callable", value => value is Callable);
        One("escaped", value => value is Markup);
        One("filter", value => Kinds.Text(value) is { } name && FilterTable.Find(name) is not null);
        One("test", value => Kinds.Text(value) is { } name && Find(name) is not null);
        One("lower", value => Characters.HasCase(Printing.Str(value), System.Text.Rune.IsLower));
        One("upper", value => Characters.HasCase(Printing.Str(value), System.Text.Rune.IsUpper));
        One("odd", value => IsOne(Arithmetic.Apply("%", value, (BigInteger)2)));
        One("even", value => !Kinds.IsTrue(Arithmetic.Apply("%", value, (BigInteger)2)));
        Two("divisibleby", (value, other) => !Kinds.IsTrue(Arithmetic.Apply("%", value, other)));
        Two("in", (value, other) => Iteration.Contains(other, value));
        Two("sameas", IsSame);
        foreach (
            var (sign, names) in new[]
            {
                ("==", "== eq equalto"),
                ("!=", "!= ne"),
                (">", "> gt greaterthan"),
                (">=", ">= ge"),
                ("<", "< lt lessthan"),
                ("<=", "<= le"),
            }
        )
        {
            foreach (var name in names.Split(' '))
            {
                Two(name, (value, other) => Comparing.Holds(sign, value, other));
            }
        }
    }

    public static Function? Find(string name) => All.GetValueOrDefault(name);

    private static void One(string name, Func<object, bool> test) =>
        All[name] = new Function(new Signature(name, "value"), call => test(call[0]!));

    private static void Two(string name, Func<object, object, bool> test) =>
        All[name] = new Function(new Signature(name, "value other"), call => test(call[0]!, call[1]!));

    private static bool IsOne(object value) =>
        Kinds.IsNumber(value) && Ordering.CompareNumbers(value, BigInteger.One) == 0;

    private static bool IsSame(object a, object b) =>
        ReferenceEquals(a, b)
        || (a, b) switch
        {
            (bool x, bool y) => x == y,
            (BigInteger x, BigInteger y) => x == y,
            (string x, string y) => string.Equals(x, y, StringComparison.Ordinal),
            _ => false,
        };
}
