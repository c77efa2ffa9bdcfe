namespace Finetune.Engine.Native;

/// <summary>A matrix of float32 in plain memory.</summary>
/// <param name="Start">Its first value.</param>
/// <param name="Row">Values from one row to the next.</param>
/// <param name="Column">Values from one column to the next; this or <paramref name="Row"/> is 1.</param>
internal readonly record struct FloatMatrix(nint Start, nint Row, nint Column = 1)
{
    /// <summary>Row by row.</summary>
    /// <param name="start">Its first value.</param>
    /// <param name="row">Values from one row to the next.</param>
    public unsafe FloatMatrix(float* start, nint row)
        : this((nint)start, row) { }

    /// <summary>The first value.</summary>
    public unsafe float* At => (float*)Start;

    /// <summary>The same, turned.</summary>
    public FloatMatrix T => new(Start, Column, Row);
}
