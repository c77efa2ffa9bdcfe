using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Finetune.Cli.Health;

/// <summary>Whether libtorch loads here, and where it does not, why.</summary>
internal static partial class TensorLibrary
{
    /// <summary>Loads it by hand, since the loader's own words name the cause and TorchSharp's do not.</summary>
    public static Finding Check()
    {
        foreach (var name in Names())
        {
            var path = Find(name);
            if (path is null)
            {
                return new("tensor library", false, $"there is no {name} beside the tool", "install the tool again");
            }

            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                return Broken(name, e.Message);
            }
        }

        return new("tensor library", true, $"libtorch loads ({RuntimeInformation.RuntimeIdentifier})");
    }

    private static Finding Broken(string name, string message)
    {
        var version = Wanted().Match(message);
        return version.Success
            ? new(
                "tensor library",
                false,
                $"{name} asks for {version.Value}, which this system's C++ library (libstdc++) lacks",
                "use a libstdc++ of GCC 13 or newer, or a build of this tool whose library was relaxed"
            )
            : new(
                "tensor library",
                false,
                $"{name} does not load: {message.ReplaceLineEndings(" ")}",
                "see which library is missing; on Debian and Ubuntu libgomp1 and libstdc++6 are needed"
            );
    }

    private static string[] Names() =>
        OperatingSystem.IsWindows() ? ["c10.dll", "torch_cpu.dll", "LibTorchSharp.dll"]
        : OperatingSystem.IsMacOS() ? ["libc10.dylib", "libtorch_cpu.dylib", "libLibTorchSharp.dylib"]
        : ["libc10.so", "libtorch_cpu.so", "libLibTorchSharp.so"];

    /// <summary>The path of a native library beside the tool, or null.</summary>
    /// <param name="name">Its file name.</param>
    public static string? Find(string name) =>
        new[]
        {
            AppContext.BaseDirectory,
            Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"),
            Path.Combine(AppContext.BaseDirectory, "runtimes", PortableIdentifier(), "native"),
        }
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static string PortableIdentifier()
    {
        var system =
            OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    [GeneratedRegex(@"(GLIBCXX|GLIBC|CXXABI)_[0-9.]*[0-9]")]
    private static partial Regex Wanted();
}
