namespace Finetune.Engine.Export.Gguf;

/// <summary>Number formats of GGUF tensors that are written and read here; numbers as in ggml's <c>ggml_type</c>.</summary>
public enum GgufType
{
    /// <summary>IEEE single precision.</summary>
    F32 = 0,

    /// <summary>IEEE half precision.</summary>
    F16 = 1,

    /// <summary>Blocks of 32 signed bytes and a half-precision scale.</summary>
    Q8 = 8,

    /// <summary>The upper half of single precision.</summary>
    BF16 = 30,
}

/// <summary>Names, sizes and file types of <see cref="GgufType"/>.</summary>
public static class GgufTypes
{
    /// <summary>Values of a Q8_0 block.</summary>
    public const int BlockValues = 32;

    /// <summary>Bytes of a Q8_0 block.</summary>
    public const int BlockBytes = 34;

    /// <summary>The words a person writes: <c>f32</c>, <c>f16</c>, <c>bf16</c>, <c>q8_0</c>.</summary>
    public static IReadOnlyList<string> Words { get; } = ["f32", "f16", "bf16", "q8_0"];

    /// <summary>The type of a word.</summary>
    /// <exception cref="ArgumentException">None of <see cref="Words"/>.</exception>
    public static GgufType Parse(string word) =>
        word switch
        {
            "f32" => GgufType.F32,
            "f16" => GgufType.F16,
            "bf16" => GgufType.BF16,
            "q8_0" => GgufType.Q8,
            _ => throw new ArgumentException($"'{word}' is no GGUF type", nameof(word)),
        };

    /// <summary>Bytes of that many values; a row of Q8_0 must be whole blocks.</summary>
    public static long Bytes(this GgufType type, long values) =>
        type switch
        {
            GgufType.F32 => 4 * values,
            GgufType.Q8 => values / BlockValues * BlockBytes,
            _ => 2 * values,
        };

    /// <summary>What <c>general.file_type</c> says of a file whose matrices have this type (llama.cpp's <c>llama_ftype</c>).</summary>
    public static uint FileType(this GgufType type) =>
        type switch
        {
            GgufType.F32 => 0,
            GgufType.F16 => 1,
            GgufType.Q8 => 7,
            _ => 32,
        };
}
