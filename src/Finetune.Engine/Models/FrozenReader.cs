using System.Buffers;
using System.Runtime.InteropServices;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Quantization;

namespace Finetune.Engine.Models;

/// <summary>
/// Quantises a stored weight while it is read, a stretch at a time, in float32: what a frozen layer was never exists
/// whole. Weights stored transposed are turned first, as Transformers turns those of GPT-2 for bitsandbytes.
/// </summary>
internal static class FrozenReader
{
    /// <summary>Reads and quantises.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="stored">The entry, of the layer's shape and a floating-point type.</param>
    /// <param name="layer">Whose weight it is.</param>
    /// <param name="format">A quantised one.</param>
    /// <exception cref="ModelFileException">A value that is infinite or NaN.</exception>
    public static QuantizedMatrix Read(SafeTensorsFile file, StoredTensor stored, Linear layer, WeightFormat format)
    {
        var size = stored.Type.Size();
        void Straight(long start, Span<float> values)
        {
            var raw = ArrayPool<byte>.Shared.Rent(values.Length * size);
            var bytes = raw.AsSpan(0, values.Length * size);
            file.Read(stored, start * size, bytes);
            Widen(stored.Type, bytes, values);
            ArrayPool<byte>.Shared.Return(raw);
        }

        // The values of a row lie far apart in the file, which is looked at through its mapping.
        void Turned(long start, Span<float> values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var (row, column) = Math.DivRem(start + i, layer.Inputs);
                var place = column * layer.Outputs + row;
                Widen(stored.Type, file.Bytes(stored, place * size, size), values.Slice(i, 1));
            }
        }

        try
        {
            return QuantizedMatrix.Of(
                layer.Outputs,
                layer.Inputs,
                format == WeightFormat.DoubleNormalFloat,
                layer.Transposed ? Turned : Straight
            );
        }
        catch (NotFiniteNumberException e)
        {
            throw new ModelFileException(file.Path, stored.Name, e.Message, "finite weights, which can be quantised");
        }
    }

    private static void Widen(StoredType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (type)
        {
            case StoredType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case StoredType.F64:
                var wide = MemoryMarshal.Cast<byte, double>(bytes);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)wide[i];
                }

                break;
            default:
                var narrow = MemoryMarshal.Cast<byte, ushort>(bytes);
                var brain = type == StoredType.BF16;
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = brain ? HalfNumbers.FromBFloat16(narrow[i]) : HalfNumbers.FromFloat16(narrow[i]);
                }

                break;
        }
    }
}
