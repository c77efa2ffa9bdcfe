using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>
/// Calls any ATen operator through libtorch's stable C interface, so that fused kernels which TorchSharp does not wrap
/// can be used. Autograd works, since the call goes through the dispatcher.
/// </summary>
internal static unsafe partial class Dispatcher
{
    // The interface of libtorch 2.10, whose values are laid out as StableValue does.
    private const ulong InterfaceVersion = 0x020A_0000_0000_0000;

    /// <summary>Calls an operator; what it returns is left at the start of the stack.</summary>
    /// <param name="name">E.g. <c>"aten::_fused_adamw_"u8</c>; a literal, which ends in a zero byte.</param>
    /// <param name="overload">The same; <c>"\0"u8</c> for the one without a name, since an empty span has no address.</param>
    /// <param name="stack">All arguments of the schema in order, see <see cref="StableValue"/>. The callee owns what they
    /// hold.</param>
    /// <exception cref="InvalidOperationException">The operator refused its arguments.</exception>
    public static void Call(ReadOnlySpan<byte> name, ReadOnlySpan<byte> overload, Span<ulong> stack)
    {
        fixed (byte* nameStart = name)
        fixed (byte* overloadStart = overload)
        fixed (ulong* stackStart = stack)
        {
            if (CallDispatcher(nameStart, overloadStart, stackStart, InterfaceVersion) != 0)
            {
                throw new InvalidOperationException($"libtorch refused {System.Text.Encoding.UTF8.GetString(name)}");
            }
        }
    }

    [LibraryImport("torch_cpu", EntryPoint = "torch_call_dispatcher")]
    private static partial int CallDispatcher(byte* name, byte* overload, ulong* stack, ulong version);
}
