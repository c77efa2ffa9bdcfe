using System.Numerics;

namespace Finetune.Engine.Templates.Values;

/// <summary>What Python calls the type of a value.</summary>
internal static class Kinds
{
    public static string Name(object value) =>
        value switch
        {
            string => "str",
            Markup => "Markup",
            bool => "bool",
            BigInteger => "int",
            double => "float",
            None => "NoneType",
            PyList => "list",
            PyTuple => "tuple",
            PyDict => "dict",
            PyRange => "range",
            PyIterator iterator => iterator.Kind,
            DictView view => view.Kind,
            Undefined => "Undefined",
            INamedKind named => named.Kind,
            _ => "object",
        };

    /// <summary>The text of a str or Markup, else null.</summary>
    public static string? Text(object value) => value as string ?? (value as Markup)?.Text;

    /// <summary>Whether it is an int, a float or a bool.</summary>
    public static bool IsNumber(object value) => value is BigInteger or double or bool;

    /// <summary>An int or a bool as an int, else null.</summary>
    public static BigInteger? Whole(object value) =>
        value switch
        {
            BigInteger number => number,
            bool flag => flag ? BigInteger.One : BigInteger.Zero,
            _ => null,
        };

    /// <summary>Whether Python would take it for true.</summary>
    public static bool IsTrue(object value) =>
        value switch
        {
            bool flag => flag,
            None or Undefined => false,
            string text => text.Length > 0,
            Markup markup => markup.Text.Length > 0,
            BigInteger number => !number.IsZero,
            double number => number != 0,
            PyList list => list.Items.Count > 0,
            PyTuple tuple => tuple.Items.Length > 0,
            PyDict dict => dict.Count > 0,
            PyRange range => range.Count > 0,
            DictView view => view.Count > 0,
            _ => true,
        };

    /// <summary>Its length, or null where it has none.</summary>
    public static int? Length(object value) =>
        value switch
        {
            string text => Points.Count(text),
            Markup markup => Points.Count(markup.Text),
            PyList list => list.Items.Count,
            PyTuple tuple => tuple.Items.Length,
            PyDict dict => dict.Count,
            PyRange range => range.Count,
            DictView view => view.Count,
            Undefined => 0,
            ISized sized => sized.Count,
            _ => null,
        };
}

/// <summary>A value with a type name of its own.</summary>
internal interface INamedKind
{
    string Kind { get; }
}

/// <summary>A value of its own kind with a length.</summary>
internal interface ISized
{
    int Count { get; }
}
