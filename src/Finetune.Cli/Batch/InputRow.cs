using System.Text.Json;

namespace Finetune.Cli.Batch;

/// <summary>One object of the input, with readers that name what is wrong with a key.</summary>
/// <param name="Number">1-based, blank lines not counted.</param>
/// <param name="Json">The object.</param>
internal readonly record struct InputRow(long Number, JsonElement Json)
{
    /// <summary>Whether it has that key.</summary>
    public bool Has(string key) => Json.TryGetProperty(key, out _);

    /// <summary>A string.</summary>
    /// <exception cref="RowException">It is missing or something else.</exception>
    public string Text(string key)
    {
        var value = Value(key, "a string");
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(key, "a string", value);
        }
        catch (InvalidOperationException)
        {
            throw new RowException("FT2003", $"'{key}' holds half a surrogate pair", "mend its \\u escapes");
        }
    }

    /// <summary>A list of whole numbers.</summary>
    /// <exception cref="RowException">It is missing or something else.</exception>
    public int[] Ids(string key)
    {
        var value = Value(key, "a list of whole numbers");
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(key, "a list of whole numbers", value);
        }

        var ids = new int[value.GetArrayLength()];
        var at = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out ids[at++]))
            {
                throw Wrong($"{key}[{at - 1}]", "a whole number", item);
            }
        }

        return ids;
    }

    /// <summary>Every number is a token of the vocabulary.</summary>
    /// <exception cref="RowException">One is not.</exception>
    public static int[] Within(int[] ids, int vocabularySize)
    {
        var wrong = Array.FindIndex(ids, id => id < 0 || id >= vocabularySize);
        return wrong < 0
            ? ids
            : throw new RowException(
                "FT3020",
                $"token {wrong} is {ids[wrong]}, the vocabulary has 0 to {vocabularySize - 1}",
                "use ids of this model's tokenizer"
            );
    }

    private JsonElement Value(string key, string wanted) =>
        Json.TryGetProperty(key, out var value)
            ? value
            : throw new RowException("FT2003", $"there is no '{key}'; wanted {wanted}", $"add \"{key}\" to the row");

    private static RowException Wrong(string key, string wanted, JsonElement found) =>
        new("FT2003", $"'{key}' is {Name(found.ValueKind)}; wanted {wanted}");

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
