using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Quantization;
using Finetune.Engine.Tests;

namespace Finetune.Tests.Engine.Quantization;

/// <summary>What bitsandbytes, gguf and PyTorch made of the same numbers.</summary>
public sealed class QuantizationFixtureTests
{
    private const double Near = 1e-6;
    private static readonly string Folder = Path.Combine(
        FixtureRoots.Shared ?? "",
        "testdata",
        "fixtures",
        "quantization"
    );

    [SkippableFact]
    public void Code_books_are_the_same_numbers()
    {
        var expected = Expected();
        Assert.Equal(Floats(expected.GetProperty("nf4_code_book")), NormalFloat.Book.ToArray());
        Assert.Equal(Floats(expected.GetProperty("nf4_bounds")), NormalFloat.Bounds.ToArray());
        Assert.Equal(Floats(expected.GetProperty("dynamic_code_book")), DynamicCodes.Book.ToArray());
    }

    [SkippableTheory]
    [InlineData("ragged")]
    [InlineData("outlier")]
    [InlineData("large")]
    public void Blocks_of_NF4_are_those_of_bitsandbytes(string name)
    {
        Expected();
        using var file = SafeTensorsFile.Open(Path.Combine(Folder, "nf4.safetensors"));
        var weight = Read<float>(file, $"{name}.weight");
        var shape = file.Find($"{name}.weight")!.Shape;
        using var once = Matrix(shape, twice: false, weight);
        Assert.Equal(Read<byte>(file, $"{name}.packed"), once.Packed(0, (weight.Length + 1) / 2).ToArray());
        Assert.Equal(Read<float>(file, $"{name}.absmax"), Absmax(once));
        Assert.Equal(Read<float>(file, $"{name}.dequantized"), Values(once));
    }

    [SkippableTheory]
    [InlineData("ragged")]
    [InlineData("outlier")]
    [InlineData("large")]
    public void Double_quantisation_is_that_of_bitsandbytes(string name)
    {
        var facts = Expected().GetProperty("nf4").GetProperty("tensors").GetProperty(name);
        using var file = SafeTensorsFile.Open(Path.Combine(Folder, "nf4.safetensors"));
        var weight = Read<float>(file, $"{name}.weight");
        using var twice = Matrix(file.Find($"{name}.weight")!.Shape, twice: true, weight);
        Close([facts.GetProperty("double_offset").GetSingle()], [twice.Offset!.Value]);
        var differing = Read<byte>(file, $"{name}.double.absmax_code")
            .Zip(twice.AbsmaxCodes.ToArray())
            .Count(pair => pair.First != pair.Second);
        Assert.InRange(differing, 0, facts.GetProperty("double_codes_not_nearest").GetInt32());
        Close(Read<float>(file, $"{name}.double.absmax_scale"), twice.AbsmaxScales.ToArray());
        Close(Read<float>(file, $"{name}.double.absmax"), Absmax(twice));
        Close(Read<float>(file, $"{name}.double.dequantized"), Values(twice));
    }

    [SkippableFact]
    public void Blocks_of_Q8_0_are_those_of_gguf()
    {
        var cases = Expected().GetProperty("q8_0");
        var rows = cases.GetProperty("values").EnumerateArray().Select(Floats).ToList();
        for (var i = 0; i < rows.Count; i++)
        {
            var bytes = new byte[EightBitBlocks.BytesOf(rows[i].Length)];
            EightBitBlocks.Quantize(rows[i], bytes);
            Assert.Equal(cases.GetProperty("rows_hex")[i].GetString(), Convert.ToHexStringLower(bytes));
            var values = new float[rows[i].Length];
            EightBitBlocks.Dequantize(bytes, values);
            Close(Floats(cases.GetProperty("dequantized")[i]), values);
        }
    }

    [SkippableFact]
    public void Rounding_to_16_bits_is_that_of_PyTorch()
    {
        foreach (var one in Expected().GetProperty("rounding").EnumerateArray())
        {
            var value = BitConverter.UInt32BitsToSingle(Hex(one, "float32"));
            var narrow = HalfNumbers.ToBFloat16(value);
            var half = HalfNumbers.ToFloat16(value);
            Same(one, "bfloat16", narrow, HalfNumbers.FromBFloat16(narrow));
            Same(one, "float16", half, HalfNumbers.FromFloat16(half));
        }
    }

    private static void Same(JsonElement one, string format, ushort bits, float value)
    {
        var wanted = one.GetProperty(format).GetString()!;
        Assert.True(
            wanted == "nan" ? float.IsNaN(value) : wanted == bits.ToString("x4", CultureInfo.InvariantCulture),
            $"{one.GetRawText()}: {bits:x4}"
        );
    }

    private static uint Hex(JsonElement one, string name) =>
        uint.Parse(one.GetProperty(name).GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static JsonElement Expected()
    {
        var path = Path.Combine(Folder, "expected.json");
        Skip.IfNot(File.Exists(path), $"there is no {path}");
        return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
    }

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetSingle())];

    private static T[] Read<T>(SafeTensorsFile file, string name)
        where T : unmanaged
    {
        var tensor = file.Find(name)!;
        return MemoryMarshal.Cast<byte, T>(file.Bytes(tensor, 0, (int)tensor.Bytes)).ToArray();
    }

    private static QuantizedMatrix Matrix(IReadOnlyList<long> shape, bool twice, float[] weight) =>
        QuantizedMatrix.Of(
            shape[0],
            shape[1],
            twice,
            (start, values) => weight.AsSpan((int)start, values.Length).CopyTo(values)
        );

    private static float[] Absmax(QuantizedMatrix matrix) =>
        [.. Enumerable.Range(0, (int)((matrix.Count + 63) / 64)).Select(block => matrix.Absmax(block))];

    private static float[] Values(QuantizedMatrix matrix)
    {
        var values = new float[matrix.Count];
        matrix.Dequantize(0, values);
        return values;
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= Near * Math.Abs(expected[i]) + float.Epsilon,
                $"{i}: {expected[i]:g9}, {actual[i]:g9}"
            );
        }
    }
}
