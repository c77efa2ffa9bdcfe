using System.Text.Json;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>A value of a case, with readers that name what is wrong with it.</summary>
/// <param name="Json">The value.</param>
/// <param name="Path">Where it stands; empty for the case itself.</param>
public readonly record struct CaseInput(JsonElement Json, string Path = "")
{
    /// <summary>The value of a key.</summary>
    /// <exception cref="MetricException">It is missing, or this is no object.</exception>
    public CaseInput this[string key] =>
        Of(JsonValueKind.Object, "an object").Json.TryGetProperty(key, out var value)
            ? new(value, At(key))
            : throw new MetricException($"there is no '{At(key)}'");

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key) =>
        Json.ValueKind == JsonValueKind.Object
        && Json.TryGetProperty(key, out var value)
        && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether it is a list.</summary>
    public bool IsList => Json.ValueKind == JsonValueKind.Array;

    /// <summary>Whether it is null.</summary>
    public bool IsNull => Json.ValueKind == JsonValueKind.Null;

    /// <summary>Refuses keys that mean nothing here: a misspelt option is no default.</summary>
    /// <exception cref="MetricException">There is another key.</exception>
    public void Allow(params IReadOnlyList<string> keys)
    {
        foreach (var property in Of(JsonValueKind.Object, "an object").Json.EnumerateObject())
        {
            if (!keys.Contains(property.Name, StringComparer.Ordinal))
            {
                throw new MetricException($"'{At(property.Name)}' is unknown; there are {string.Join(", ", keys)}");
            }
        }
    }

    /// <summary>The items of a list.</summary>
    public List<CaseInput> Items()
    {
        var items = new List<CaseInput>();
        foreach (var item in Of(JsonValueKind.Array, "a list").Json.EnumerateArray())
        {
            items.Add(new(item, $"{Path}[{items.Count}]"));
        }

        return items;
    }

    /// <summary>A string.</summary>
    public string Text()
    {
        var text = Of(JsonValueKind.String, "a string");
        try
        {
            return text.Json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new MetricException($"'{Path}' holds half a surrogate pair");
        }
    }

    /// <summary>A list of strings.</summary>
    public List<string> Texts() => [.. Items().Select(item => item.Text())];

    /// <summary>A finite number.</summary>
    public double Number() =>
        Of(JsonValueKind.Number, "a number").Json.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new MetricException($"'{Path}' is too large a number");

    /// <summary>A list of numbers.</summary>
    public double[] Numbers() => [.. Items().Select(item => item.Number())];

    /// <summary>A number between two others, ends included.</summary>
    public double Between(double low, double high)
    {
        var number = Number();
        return number >= low && number <= high
            ? number
            : throw new MetricException(
                FormattableString.Invariant($"'{Path}' is {number}; {low} to {high} was wanted")
            );
    }

    /// <summary>A whole number, 3.0 too.</summary>
    public int Whole(int least = 0, int most = int.MaxValue)
    {
        var number = Between(least, most);
        return number == Math.Floor(number)
            ? (int)number
            : throw new MetricException(
                FormattableString.Invariant($"'{Path}' is {number}; a whole number was wanted")
            );
    }

    /// <summary>true or false, 1 or 0.</summary>
    public bool Flag() =>
        Json.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Whole(0, 1) == 1,
        };

    /// <summary>Refuses lists that are not of one length.</summary>
    /// <exception cref="MetricException">They are not.</exception>
    public static void SameLength(int left, int right, string names)
    {
        if (left != right)
        {
            throw new MetricException($"{names}: {left} and {right} items; as many were wanted");
        }
    }

    private CaseInput Of(JsonValueKind kind, string wanted) =>
        Json.ValueKind == kind
            ? this
            : throw new MetricException(
                $"{(Path.Length == 0 ? "the row" : $"'{Path}'")} is {Name(Json.ValueKind)}; {wanted} was wanted"
            );

    private string At(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private static string Name(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "true or false",
        };
}
