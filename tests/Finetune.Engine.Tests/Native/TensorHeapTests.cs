using System.Runtime.InteropServices;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Native;

/// <summary>libtorch with the heap for large tensors in place.</summary>
[Collection("alone")]
public sealed class TensorHeapTests
{
    public TensorHeapTests()
    {
        Skip.IfNot(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64,
            "the heap is for Linux on x64"
        );
        TensorHeap.Use();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [SkippableFact]
    public void Large_tensors_lie_there_until_they_are_freed()
    {
        var before = TensorHeap.Taken;
        var (small, large) = (ones(1 << 10), ones(1 << 20));
        Assert.Equal(before + (4 << 20), TensorHeap.Taken);
        Assert.Equal(1 << 20, large.sum().item<float>());
        small.Dispose();
        large.Dispose();
        Assert.Equal(before, TensorHeap.Taken);
    }

    /// <summary>Tensors of one thread, freed by another, and several at once.</summary>
    [SkippableFact]
    public void Threads_share_it()
    {
        var before = TensorHeap.Taken;
        Parallel.For(
            0,
            200,
            i =>
            {
                using var tensor = full((1 << 16) + 1000 * i, (float)i);
                using var sum = tensor.sum(ScalarType.Float64);
                Assert.Equal(i * ((1 << 16) + 1000.0 * i), sum.item<double>());
            }
        );
        Assert.Equal(before, TensorHeap.Taken);
    }

    /// <summary>More than there is: libtorch's own error, which a run explains.</summary>
    [SkippableFact]
    public void Too_much_is_refused()
    {
        var error = Assert.ThrowsAny<Exception>(() => empty(1L << 52, ScalarType.Byte));
        Assert.Contains("can't allocate memory", error.Message, StringComparison.Ordinal);
        Assert.NotNull(Finetune.Stages.Answering.EngineErrors.Diagnose(error, "train"));
    }
}
