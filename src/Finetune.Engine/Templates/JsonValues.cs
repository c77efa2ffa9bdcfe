using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates;

/// <summary>JSON as a template sees it: in order, 1 apart from 1.0, whole numbers of any size.</summary>
internal static class JsonValues
{
    public static object Of(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var dict = new PyDict();
                foreach (var member in json.EnumerateObject())
                {
                    dict.Set(member.Name, Of(member.Value));
                }

                return dict;
            case JsonValueKind.Array:
                return new PyList([.. json.EnumerateArray().Select(Of)]);
            case JsonValueKind.String:
                return json.GetString()!;
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Number:
                var text = json.GetRawText();
                return text.AsSpan().IndexOfAny(".eE") >= 0
                    ? double.Parse(text, CultureInfo.InvariantCulture)
                    : BigInteger.Parse(text, CultureInfo.InvariantCulture);
            default:
                return None.Value;
        }
    }
}
