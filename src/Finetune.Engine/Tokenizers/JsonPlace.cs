using System.Text.Json;

namespace Finetune.Engine.Tokenizers;

/// <summary>A JSON value that knows its file and path, so that every complaint names its place.</summary>
internal readonly struct JsonPlace(JsonElement value, string path, string file)
{
    public JsonElement Value => value;

    public string Path => path;

    public string File => file;

    /// <summary>The member of an object; null where it is absent or JSON null.</summary>
    public JsonPlace? Optional(string key)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Fail("an object");
        }

        return value.TryGetProperty(key, out var member) && member.ValueKind != JsonValueKind.Null
            ? new JsonPlace(member, $"{path}.{key}", file)
            : null;
    }

    public JsonPlace Required(string key) =>
        Optional(key) ?? throw new ModelFileException(file, $"{path}.{key}", "nothing", "a value");

    public string AsString() => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Fail("a string");

    public bool AsBool() =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Fail("true or false"),
        };

    public int AsInt() =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Fail("a whole number");

    /// <summary>A whole number that is no less than zero: an id, a count.</summary>
    public int AsCount() =>
        AsInt() is >= 0 and < int.MaxValue and var number ? number : throw Fail("a number of at least 0");

    public double AsDouble() =>
        value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())
            ? value.GetDouble()
            : throw Fail("a number");

    /// <summary>A string of exactly one Unicode character.</summary>
    public int AsCharacter()
    {
        var text = AsString();
        return System.Text.Rune.TryGetRuneAt(text, 0, out var rune) && rune.Utf16SequenceLength == text.Length
            ? rune.Value
            : throw Fail("one character");
    }

    public string? StringOr(string key, string? absent) => Optional(key)?.AsString() ?? absent;

    public bool BoolOr(string key, bool absent) => Optional(key)?.AsBool() ?? absent;

    public IEnumerable<JsonPlace> Items()
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Fail("a list");
        }

        var (place, source) = (path, file);
        return value.EnumerateArray().Select((item, index) => new JsonPlace(item, $"{place}[{index}]", source));
    }

    public IEnumerable<(string Key, JsonPlace Value)> Members()
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Fail("an object");
        }

        var (place, source) = (path, file);
        return value
            .EnumerateObject()
            .Select(member => (member.Name, new JsonPlace(member.Value, $"{place}.{member.Name}", source)));
    }

    /// <summary>Refuses keys that this reader does not know: an unread key could change the ids in silence.</summary>
    public void Closed(params string[] known)
    {
        foreach (var (key, place) in Members())
        {
            if (!known.Contains(key, StringComparer.Ordinal))
            {
                throw new ModelFileException(
                    file,
                    place.Path,
                    "a key that is not known here",
                    $"one of {string.Join(", ", known)}"
                );
            }
        }
    }

    public ModelFileException Fail(string wanted) => new(file, path, Shown(), wanted);

    private string Shown()
    {
        var raw = value.GetRawText();
        return raw.Length <= 60 ? raw : raw[..57] + "...";
    }
}
