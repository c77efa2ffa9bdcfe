namespace Finetune.Engine.Checkpoints;

/// <summary>Number formats of the safetensors format that this engine reads and writes; names as in the header.</summary>
public enum StoredType
{
    Bool,
    U8,
    I8,
    I16,
    I32,
    I64,
    F16,
    BF16,
    F32,
    F64,
}

/// <summary>Sizes and header names of <see cref="StoredType"/>.</summary>
public static class StoredTypes
{
    /// <summary>Bytes of one value.</summary>
    public static int Size(this StoredType type) =>
        type switch
        {
            StoredType.Bool or StoredType.U8 or StoredType.I8 => 1,
            StoredType.I16 or StoredType.F16 or StoredType.BF16 => 2,
            StoredType.I32 or StoredType.F32 => 4,
            StoredType.I64 or StoredType.F64 => 8,
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    /// <summary>The header's word, e.g. <c>BF16</c>.</summary>
    public static string HeaderName(this StoredType type) => type == StoredType.Bool ? "BOOL" : type.ToString();

    /// <summary>The type of a header's word, or null for one that is not read here.</summary>
    public static StoredType? Parse(string name) =>
        Enum.GetValues<StoredType>()
            .Where(type => string.Equals(type.HeaderName(), name, StringComparison.Ordinal))
            .Select(type => (StoredType?)type)
            .FirstOrDefault();
}
