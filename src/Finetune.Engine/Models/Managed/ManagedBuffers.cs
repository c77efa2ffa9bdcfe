using System.Runtime.CompilerServices;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models.Managed;

/// <summary>What lies between the products of a step; kept from step to step, grown by need.</summary>
/// <param name="options">The decoder's shape.</param>
internal sealed unsafe class ManagedBuffers(DecoderOptions options)
{
    private const int Line = 64;

    private readonly List<float[]> _held = [];
    private int _rows;
    private int _sequences;

    /// <summary><c>[rows, hidden]</c>: what layers add to.</summary>
    public float* Stream { get; private set; }

    /// <summary>The same shape, after a norm.</summary>
    public float* Normed { get; private set; }

    /// <summary>The same shape: what is about to be added.</summary>
    public float* Branch { get; private set; }

    /// <summary><c>[rows, heads, head size]</c>.</summary>
    public float* Query { get; private set; }

    /// <summary><c>[rows, key-value heads, head size]</c>.</summary>
    public float* Key { get; private set; }

    /// <summary>The same shape.</summary>
    public float* Value { get; private set; }

    /// <summary><c>[rows, heads, head size]</c>: mixed values.</summary>
    public float* Mixed { get; private set; }

    /// <summary><c>[rows, width of the feed-forward part]</c>.</summary>
    public float* Gate { get; private set; }

    /// <summary>The same shape.</summary>
    public float* Up { get; private set; }

    /// <summary><c>[sequences, vocabulary]</c>.</summary>
    public float* Logits { get; private set; }

    /// <summary>Makes them large enough.</summary>
    public void Reach(int rows, int sequences)
    {
        if (rows <= _rows && sequences <= _sequences)
        {
            return;
        }

        (_rows, _sequences) = (Math.Max(rows, _rows), Math.Max(sequences, _sequences));
        _held.Clear();
        var (query, key) = (options.Heads * options.HeadSize, options.KeyValueHeads * options.HeadSize);
        Stream = New(_rows * options.HiddenSize);
        Normed = New(_rows * options.HiddenSize);
        Branch = New(_rows * options.HiddenSize);
        Query = New(_rows * query);
        Key = New(_rows * key);
        Value = New(_rows * key);
        Mixed = New(_rows * query);
        Gate = New(_rows * options.IntermediateSize);
        Up = New(_rows * options.IntermediateSize);
        Logits = New(_sequences * options.VocabularySize);
    }

    // At the start of a line of the processor's cache: a vector that lies across two is read twice.
    private float* New(int count)
    {
        var array = GC.AllocateUninitializedArray<float>(count + Line / sizeof(float), pinned: true);
        _held.Add(array);
        var start = (nuint)Unsafe.AsPointer(ref array[0]);
        return (float*)((start + Line - 1) & ~(nuint)(Line - 1));
    }
}
