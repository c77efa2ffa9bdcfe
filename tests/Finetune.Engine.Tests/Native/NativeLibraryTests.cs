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
}
