namespace Finetune.Engine.Export.Gguf;

/// <summary>Types of metadata values; numbers as in the format.</summary>
internal enum GgufValueType
{
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    UInt64 = 10,
    Int64 = 11,
    Float64 = 12,
}

/// <summary>From values to their types.</summary>
internal static class GgufValueTypes
{
    /// <summary>The type of the values that are written.</summary>
    public static GgufValueType Of(Type type) =>
        type == typeof(uint) ? GgufValueType.UInt32
        : type == typeof(int) ? GgufValueType.Int32
        : type == typeof(float) ? GgufValueType.Float32
        : type == typeof(bool) ? GgufValueType.Bool
        : type == typeof(string) ? GgufValueType.String
        : throw new ArgumentException($"no GGUF value: {type.Name}", nameof(type));
}
