using System.Numerics;
using System.Runtime.CompilerServices;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>A type of number in memory, computed with as float32; two vectors at a time.</summary>
internal unsafe interface INumbers
{
    /// <summary>Reads two vectors.</summary>
    /// <param name="at">Start of the row.</param>
    /// <param name="index">First value.</param>
    static abstract (Vector<float> First, Vector<float> Second) Load(void* at, int index);

    /// <summary>Writes two vectors, rounded to the nearest, ties to even.</summary>
    static abstract void Store(void* at, int index, Vector<float> first, Vector<float> second);

    /// <summary>Reads one value.</summary>
    static abstract float Get(void* at, int index);

    /// <summary>Writes one value.</summary>
    static abstract void Set(void* at, int index, float value);

    /// <summary>What is read again after a write.</summary>
    static abstract Vector<float> Round(Vector<float> values);

    /// <summary>What is read again after a write.</summary>
    static abstract float Round(float value);
}

/// <summary>32-bit floats.</summary>
internal readonly unsafe struct Float32Numbers : INumbers
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> First, Vector<float> Second) Load(void* at, int index)
    {
        var start = (float*)at + index;
        return (Vector.Load(start), Vector.Load(start + Vector<float>.Count));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* at, int index, Vector<float> first, Vector<float> second)
    {
        var start = (float*)at + index;
        first.Store(start);
        second.Store(start + Vector<float>.Count);
    }

    /// <inheritdoc/>
    public static float Get(void* at, int index) => ((float*)at)[index];

    /// <inheritdoc/>
    public static void Set(void* at, int index, float value) => ((float*)at)[index] = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Round(Vector<float> values) => values;

    /// <inheritdoc/>
    public static float Round(float value) => value;
}

/// <summary>The upper half of 32-bit floats.</summary>
internal readonly unsafe struct BFloat16Numbers : INumbers
{
    private const uint Half = 0x7FFF;
    private const int Bits = 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> First, Vector<float> Second) Load(void* at, int index)
    {
        Vector.Widen(Vector.Load((ushort*)at + index), out var first, out var second);
        return (Vector.AsVectorSingle(first << Bits), Vector.AsVectorSingle(second << Bits));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* at, int index, Vector<float> first, Vector<float> second) =>
        Vector.Narrow(Upper(first), Upper(second)).Store((ushort*)at + index);

    /// <inheritdoc/>
    public static float Get(void* at, int index) => BitConverter.UInt32BitsToSingle((uint)((ushort*)at)[index] << Bits);

    /// <inheritdoc/>
    public static void Set(void* at, int index, float value) => ((ushort*)at)[index] = Upper(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Round(Vector<float> values) => Vector.AsVectorSingle(Upper(values) << Bits);

    /// <inheritdoc/>
    public static float Round(float value) => BitConverter.UInt32BitsToSingle((uint)Upper(value) << Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Upper(Vector<float> values)
    {
        var bits = Vector.AsVectorUInt32(values);
        var odd = (bits >> Bits) & Vector<uint>.One;
        var rounded = (bits + new Vector<uint>(Half) + odd) >> Bits;

        // Rounding would turn some NaN into infinity.
        return Vector.ConditionalSelect(
            Vector.AsVectorUInt32(Vector.Equals(values, values)),
            rounded,
            (bits >> Bits) | new Vector<uint>(0x40)
        );
    }

    private static ushort Upper(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)(float.IsNaN(value) ? bits >> Bits | 0x40 : bits + Half + (bits >> Bits & 1) >> Bits);
    }
}
