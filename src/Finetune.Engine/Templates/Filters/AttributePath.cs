using System.Globalization;
using System.Numerics;
using Finetune.Engine.Templates.Methods;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>What filters call an attribute: a key, an index, or several with dots between.</summary>
internal static class AttributePath
{
    /// <summary>Gets it from an item; the item itself where there is no attribute.</summary>
    public static Func<object, object> Of(object? attribute, bool ignoresCase = false, object? absent = null)
    {
        var parts = Parts(attribute);
        return item =>
        {
            Meter.Step();
            foreach (var part in parts)
            {
                item = Members.Item(item, part);
                item = item is Undefined && absent is not null and not None ? absent : item;
            }

            return ignoresCase && Kinds.Text(item) is { } text ? Casing.ToLower(text) : item;
        };
    }

    /// <summary>Several of them, with commas between, as a list.</summary>
    public static Func<object, object> Several(object? attribute, bool ignoresCase)
    {
        IEnumerable<object?> paths =
            attribute is not null && Kinds.Text(attribute) is { } text ? text.Split(',') : [attribute];
        var getters = paths.Select(one => Of(one, ignoresCase)).ToList();
        return item => new PyList([.. getters.Select(get => get(item))]);
    }

    private static object[] Parts(object? attribute) =>
        attribute switch
        {
            null or None => [],
            _ when Kinds.Text(attribute) is { } text => [.. text.Split('.').Select(Part)],
            _ => [attribute],
        };

    private static object Part(string part)
    {
        if (part.Length > 0 && part.All(char.IsAsciiDigit))
        {
            return BigInteger.Parse(part, CultureInfo.InvariantCulture);
        }

        return part;
    }
}
