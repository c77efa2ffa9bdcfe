using static TorchSharp.torch;

namespace Finetune.Engine.Checkpoints;

/// <summary>Moves bytes between safetensors files and tensors.</summary>
public static class TensorBytes
{
    // Spans end at 2 GiB; larger tensors go in pieces, small beside the tensor so that a copy takes little more than it.
    private const int PieceBytes = 1 << 24;

    /// <summary>The tensor library's type of a stored one.</summary>
    public static ScalarType ScalarTypeOf(StoredType type) =>
        type switch
        {
            StoredType.Bool => ScalarType.Bool,
            StoredType.U8 => ScalarType.Byte,
            StoredType.I8 => ScalarType.Int8,
            StoredType.I16 => ScalarType.Int16,
            StoredType.I32 => ScalarType.Int32,
            StoredType.I64 => ScalarType.Int64,
            StoredType.F16 => ScalarType.Float16,
            StoredType.BF16 => ScalarType.BFloat16,
            StoredType.F32 => ScalarType.Float32,
            StoredType.F64 => ScalarType.Float64,
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    /// <summary>The stored type of a tensor library's one.</summary>
    public static StoredType StoredTypeOf(ScalarType type) =>
        Enum.GetValues<StoredType>().First(stored => ScalarTypeOf(stored) == type);

    /// <summary>Copies a stored tensor into a tensor of the same shape, converting numbers where types differ.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="stored">The entry.</param>
    /// <param name="target">Contiguous, on any device; of the entry's shape.</param>
    public static void CopyTo(SafeTensorsFile file, StoredTensor stored, Tensor target)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var inPlace = target.dtype == ScalarTypeOf(stored.Type) && target.device_type == TorchSharp.DeviceType.CPU;
        var size = stored.Type.Size();
        var flat = target.detach().view(-1);
        var pieceValues = PieceBytes / size;
        for (var at = 0L; at < stored.Count; at += pieceValues)
        {
            var values = (int)Math.Min(pieceValues, stored.Count - at);
            using var slot = flat.narrow(0, at, values);
            using var raw = inPlace ? slot.alias() : empty(values, ScalarTypeOf(stored.Type));
            file.Read(stored, at * size, raw.bytes);
            if (!inPlace)
            {
                slot.copy_(raw);
            }
        }
    }

    /// <summary>A stored tensor as a new one of its own type.</summary>
    public static Tensor Read(SafeTensorsFile file, StoredTensor stored)
    {
        var tensor = empty([.. stored.Shape], ScalarTypeOf(stored.Type));
        CopyTo(file, stored, tensor);
        return tensor;
    }

    /// <summary>A tensor as an entry to be written; it must stay alive until then.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">Any device and layout.</param>
    /// <param name="type">Numbers to round to; null for the tensor's own.</param>
    public static TensorToWrite ToWrite(string name, Tensor tensor, StoredType? type = null)
    {
        var stored = type ?? StoredTypeOf(tensor.dtype);
        return new(name, stored, tensor.shape, stream => Write(tensor, ScalarTypeOf(stored), stream));
    }

    private static void Write(Tensor tensor, ScalarType type, Stream stream)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        var pieceValues = PieceBytes / Math.Max((int)tensor.element_size(), StoredTypeOf(type).Size());
        for (var at = 0L; at < tensor.numel(); at += pieceValues)
        {
            using var piece = flat.narrow(0, at, Math.Min(pieceValues, tensor.numel() - at));
            using var numbers = piece.to(type);
            stream.Write(numbers.bytes);
        }
    }
}
