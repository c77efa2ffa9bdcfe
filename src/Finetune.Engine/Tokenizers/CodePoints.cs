namespace Finetune.Engine.Tokenizers;

/// <summary>Places in a text, from UTF-16 units to Unicode code points.</summary>
internal readonly struct CodePoints
{
    // Null where no surrogate pair makes the two differ.
    private readonly int[]? _points;

    private CodePoints(int[]? points) => _points = points;

    public static CodePoints Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return new CodePoints(null);
        }

        var points = new int[text.Length + 1];
        for (var at = 0; at < text.Length; at++)
        {
            var inside = char.IsLowSurrogate(text[at]) && at > 0 && char.IsHighSurrogate(text[at - 1]);
            points[at + 1] = points[at] + (inside ? 0 : 1);
        }

        return new CodePoints(points);
    }

    public int At(int unit) => _points is null ? unit : _points[unit];
}
