using System.Text.Json;

namespace Finetune.Cli.Batch;

/// <summary>What Utf8JsonWriter lacks.</summary>
internal static class JsonWriting
{
    /// <summary>A list of whole numbers.</summary>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    /// <summary>A number, or null where JSON has none for it (a log-probability of minus infinity).</summary>
    public static void WriteFinite(this Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteFiniteValue(number);
    }

    /// <summary>See <see cref="WriteFinite"/>.</summary>
    public static void WriteFiniteValue(this Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
