using System.Globalization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>A device that this machine, or this build of libtorch, does not have.</summary>
/// <param name="name">What was asked for.</param>
/// <param name="found">What is there instead.</param>
/// <param name="cure">What to do.</param>
public sealed class DeviceException(string name, string found, string cure)
    : Exception($"device '{name}' cannot be used: {found}")
{
    /// <summary>What to do.</summary>
    public string Cure { get; } = cure;
}

/// <summary>A device of this machine, by its name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>mps</c>.</summary>
public sealed class ComputeDevice
{
    /// <summary>The processor.</summary>
    public const string Processor = "cpu";

    /// <summary>All names, as a regular expression's alternatives.</summary>
    public const string Names = "cpu|mps|cuda(:(0|[1-9][0-9]{0,2}))?";

    private const string Cuda = "cuda";
    private const string Metal = "mps";

    private ComputeDevice(Device device) => Device = device;

    /// <summary>It, for the tensor library.</summary>
    internal Device Device { get; }

    /// <summary>Whether a text names a device, be it here or not.</summary>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Regex.IsMatch(text, $@"^({Names})\z", RegexOptions.CultureInvariant);
    }

    /// <summary>The device without its number: what numbers may depend on.</summary>
    public static string Class(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split(':')[0];
    }

    /// <summary>The device.</summary>
    /// <param name="name">One that <see cref="IsName"/>.</param>
    /// <exception cref="DeviceException">It is not here.</exception>
    public static ComputeDevice Of(string name)
    {
        switch (Class(name))
        {
            case Processor:
                return new(CPU);
            case Metal when mps_is_available():
                return new(MPS);
            case Metal:
                throw new DeviceException(
                    name,
                    "libtorch finds no Metal device",
                    "run on a Mac of Apple silicon, or set device: cpu"
                );
            case Cuda when !cuda.is_available():
                throw new DeviceException(
                    name,
                    "libtorch finds no CUDA device",
                    "use a build with libtorch for CUDA on a machine with an NVIDIA driver, or set device: cpu"
                );
            case Cuda when Index(name) is { } index && index >= cuda.device_count():
                throw new DeviceException(
                    name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"there are {cuda.device_count()} of them here, counted from 0"
                    ),
                    "name one of them"
                );
            default:
                return new(new Device(name));
        }
    }

    private static int? Index(string name) =>
        name.StartsWith(Cuda + ":", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
}
