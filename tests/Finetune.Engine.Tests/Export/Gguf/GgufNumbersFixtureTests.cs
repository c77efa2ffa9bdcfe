using System.Text.Json.Nodes;
using Finetune.Engine.Export.Gguf;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Export.Gguf;

/// <summary>Q8_0 and half precisions as gguf-py and PyTorch write them.</summary>
public sealed class GgufNumbersFixtureTests
{
    [SkippableFact]
    public void Blocks_are_those_of_the_reference_byte_by_byte()
    {
        var q8 = Expected()["q8_0"]!;
        var rows = q8["values"]!.AsArray();
        for (var i = 0; i < rows.Count; i++)
        {
            float[] values = [.. rows[i]!.AsArray().Select(v => (float)(double)v!)];
            var bytes = new byte[values.Length / GgufTypes.BlockValues * GgufTypes.BlockBytes];
            GgufNumbers.Quantize(values, bytes);
            Assert.Equal((string)q8["rows_hex"]![i]!, Convert.ToHexStringLower(bytes));
            var back = new float[values.Length];
            GgufNumbers.Dequantize(bytes, back);
            var wanted = q8["dequantized"]![i]!.AsArray();
            for (var v = 0; v < back.Length; v++)
            {
                Assert.Equal((double)wanted[v]!, back[v], 1e-6 * Math.Max(1, Math.Abs(back[v])));
            }
        }
    }

    [SkippableTheory]
    [InlineData("bfloat16", GgufType.BF16)]
    [InlineData("float16", GgufType.F16)]
    public void Numbers_are_rounded_to_the_nearest_even(string name, GgufType type)
    {
        foreach (var row in Expected()["rounding"]!.AsArray())
        {
            var bits = Convert.ToUInt32((string)row!["float32"]!, 16);
            using var value = tensor(new[] { BitConverter.UInt32BitsToSingle(bits) });
            using var stream = new MemoryStream();
            GgufNumbers.Write(value, type, stream);
            var found = BitConverter.ToUInt16(stream.ToArray());
            if ((string)row[name]! == "nan")
            {
                var exponent = type == GgufType.F16 ? 0x7c00 : 0x7f80;
                Assert.True((found & exponent) == exponent && (found & ~exponent & 0x7fff) != 0);
                continue;
            }

            Assert.Equal((string)row[name]!, $"{found:x4}");
        }
    }

    private static JsonNode Expected()
    {
        var path = FixtureRoots
            .All.Select(root => Path.Combine(root, "quantization", "expected.json"))
            .FirstOrDefault(File.Exists);
        Skip.If(path is null, "no fixtures: no root has quantization/expected.json");
        return JsonNode.Parse(File.ReadAllText(path))!;
    }
}
