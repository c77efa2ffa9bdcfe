using System.Runtime.InteropServices;
using Finetune.Engine.Native;
using TorchSharp;

namespace Finetune.Engine.Tests.Native;

public sealed class NativeLibraryTests
{
    /// <summary>The build relaxes libLibTorchSharp.so; without it nothing below this line runs on Debian 12.</summary>
    [Fact]
    public void The_tensor_library_loads_on_this_machine()
    {
        using var two = torch.tensor(2.0);
        using var four = two * two;

        Assert.Equal(4.0, four.item<double>());
    }

    /// <summary>What is called by its name alone: an update of libtorch that renames it would only be slower.</summary>
    [SkippableTheory]
    [InlineData("sgemm_")]
    [InlineData("GOMP_parallel")]
    [InlineData(MatrixProduct.Name)]
    [InlineData(TensorHeap.GetName)]
    [InlineData(TensorHeap.SetName)]
    public void The_tensor_library_shows_what_is_called_by_name(string name)
    {
        Skip.IfNot(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64,
            "names of the build for Linux on x64"
        );
        Assert.NotEqual(0, TorchExports.Find(name));
    }
}
