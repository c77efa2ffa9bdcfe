using System.Globalization;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Sizes as people and Transformers write them: decimal units, <c>5GB</c> being five billion bytes.</summary>
internal static class ByteSizes
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
    ];

    /// <summary>The bytes, or null for what is no size above 0.</summary>
    public static long? Parse(string text)
    {
        var trimmed = text.Trim();
        var (unit, bytes) = Units.FirstOrDefault(u => trimmed.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase));
        return
            unit is not null
            && decimal.TryParse(
                trimmed[..^unit.Length].Trim(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
            && number > 0
            && number < 1_000_000
            ? (long)(number * bytes)
            : null;
    }
}
