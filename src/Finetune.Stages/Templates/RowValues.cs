using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scriban.Runtime;

namespace Finetune.Stages.Templates;

/// <summary>JSON values as Scriban sees them.</summary>
internal static class RowValues
{
    /// <summary>Null stays null, numbers keep their digits where 28 of them suffice.</summary>
    public static object? ToScript(JsonNode? value) =>
        value switch
        {
            null => null,
            JsonArray array => new ScriptArray(array.Select(ToScript)),
            JsonObject obj => ToScript(obj),
            JsonValue scalar => ToScript(scalar),
            _ => value.ToJsonString(),
        };

    private static ScriptObject ToScript(JsonObject values)
    {
        var result = new ScriptObject();
        foreach (var (name, value) in values)
        {
            result[name] = ToScript(value);
        }

        return result;
    }

    private static object? ToScript(JsonValue value) =>
        value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(value),
            _ => null,
        };

    // 1.50 stays 1.50: a decimal keeps what the file says, a double would not.
    private static object Number(JsonValue value)
    {
        if (value.TryGetValue<long>(out var whole))
        {
            return whole;
        }

        var text = value.ToJsonString();
        return decimal.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var exact
        )
            ? exact
            : double.Parse(text, CultureInfo.InvariantCulture);
    }
}
