using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Finetune.Engine.Export.Gguf;

/// <summary>Moves numbers between float32 tensors and the bytes of a GGUF file.</summary>
public static class GgufNumbers
{
    private const int PieceValues = 1 << 24;
    private const float Largest = 127;

    /// <summary>
    /// The blocks of values as Q8_0: scale <c>max |x| / 127</c>, codes <c>x * (1 / scale)</c> in float32 rounded half
    /// away from zero, the scale then kept in half precision (ggml, <c>quantize_row_q8_0_ref</c>).
    /// </summary>
    /// <param name="values">A multiple of 32 values.</param>
    /// <param name="bytes">34 for each 32.</param>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        for (var block = 0; block < values.Length / GgufTypes.BlockValues; block++)
        {
            var from = values.Slice(block * GgufTypes.BlockValues, GgufTypes.BlockValues);
            var to = bytes.Slice(block * GgufTypes.BlockBytes, GgufTypes.BlockBytes);
            var most = 0f;
            foreach (var value in from)
            {
                most = Math.Max(most, Math.Abs(value));
            }

            var scale = most / Largest;
            var inverse = scale == 0 ? 0 : 1 / scale;
            BinaryPrimitives.WriteHalfLittleEndian(to, (Half)scale);
            for (var i = 0; i < from.Length; i++)
            {
                to[2 + i] = (byte)(sbyte)MathF.Round(from[i] * inverse, MidpointRounding.AwayFromZero);
            }
        }
    }

    /// <summary>The values of Q8_0 blocks.</summary>
    public static void Dequantize(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (var block = 0; block < values.Length / GgufTypes.BlockValues; block++)
        {
            var from = bytes.Slice(block * GgufTypes.BlockBytes, GgufTypes.BlockBytes);
            var scale = (float)BinaryPrimitives.ReadHalfLittleEndian(from);
            for (var i = 0; i < GgufTypes.BlockValues; i++)
            {
                values[block * GgufTypes.BlockValues + i] = scale * (sbyte)from[2 + i];
            }
        }
    }

    /// <summary>Writes a tensor's values in order.</summary>
    /// <param name="tensor">Floating point, of any layout.</param>
    /// <param name="type">How they are stored.</param>
    /// <param name="stream">Where.</param>
    public static void Write(Tensor tensor, GgufType type, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(stream);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        for (var at = 0L; at < flat.numel(); at += PieceValues)
        {
            using var piece = NewDisposeScope();
            var values = flat.narrow(0, at, Math.Min(PieceValues, flat.numel() - at)).to(ScalarType.Float32);
            if (type == GgufType.Q8)
            {
                var bytes = new byte[GgufType.Q8.Bytes(values.numel())];
                Quantize(values.data<float>().ToArray(), bytes);
                stream.Write(bytes);
                continue;
            }

            stream.Write(values.to(Stored(type)).bytes);
        }
    }

    /// <summary>A stored tensor's values, as float32.</summary>
    public static Tensor Read(GgufFile file, GgufEntry entry)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(entry);
        using var noGrad = no_grad();
        var tensor = empty([.. entry.Shape], ScalarType.Float32);
        using var scope = NewDisposeScope();
        var flat = tensor.view(-1);
        for (var at = 0L; at < entry.Count; at += PieceValues)
        {
            using var piece = NewDisposeScope();
            var count = Math.Min(PieceValues, entry.Count - at);
            var bytes = new byte[entry.Type.Bytes(count)];
            file.Read(entry, entry.Type.Bytes(at), bytes);
            flat.narrow(0, at, count).copy_(Values(bytes, entry.Type, count));
        }

        return tensor;
    }

    private static Tensor Values(byte[] bytes, GgufType type, long count)
    {
        if (type == GgufType.Q8)
        {
            var values = new float[count];
            Dequantize(bytes, values);
            return tensor(values);
        }

        var raw = empty(count, Stored(type));
        bytes.CopyTo(raw.bytes);
        return raw;
    }

    private static ScalarType Stored(GgufType type) =>
        type switch
        {
            GgufType.F16 => ScalarType.Float16,
            GgufType.BF16 => ScalarType.BFloat16,
            _ => ScalarType.Float32,
        };
}
