namespace Finetune.Engine.Checkpoints;

/// <summary>One entry of a safetensors header, checked.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Number format.</param>
/// <param name="Shape">Dimensions; empty for a scalar.</param>
/// <param name="Start">First byte, counted from the end of the header.</param>
/// <param name="Bytes">Length in bytes: values times size of a value.</param>
public sealed record StoredTensor(string Name, StoredType Type, IReadOnlyList<long> Shape, long Start, long Bytes)
{
    /// <summary>How many values it holds.</summary>
    public long Count => Bytes / Type.Size();
}
