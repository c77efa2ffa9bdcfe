namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>Reads <c>{"String": ...}</c> and <c>{"Regex": ...}</c>.</summary>
internal static class PatternReader
{
    public static IPattern Read(JsonPlace place)
    {
        place.Closed("String", "Regex");
        if (place.Optional("String") is { } literal)
        {
            return literal.AsString() is { Length: > 0 } text
                ? new LiteralPattern(text)
                : throw literal.Fail("a string that is not empty");
        }

        var regex = place.Required("Regex");
        try
        {
            return new RegexPattern(regex.AsString());
        }
        catch (FormatException error)
        {
            throw regex.Fail($"a regular expression that can be read here ({error.Message})");
        }
    }
}
