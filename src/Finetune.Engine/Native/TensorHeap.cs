using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>
/// Memory of large tensors on Linux (x86-64): one range of addresses, which the system fills with pages when they are first written.
/// In the C library's heap, small blocks that outlive large ones lie among them, and a block with an alignment does not fit
/// where one of its size was; a training's heap there is a fifth larger than what it ever holds at a time.
/// </summary>
internal static unsafe class TensorHeap
{
    /// <summary><c>c10::GetCPUAllocator</c>, as the linker knows it.</summary>
    public const string GetName = "_ZN3c1015GetCPUAllocatorEv";

    /// <summary><c>c10::SetCPUAllocator</c>, as the linker knows it.</summary>
    public const string SetName = "_ZN3c1015SetCPUAllocatorEPNS_9AllocatorEh";

    // Smaller blocks are the C library's as before.
    private const int Smallest = 128 << 10;

    private static readonly Lock Gate = new();
    private static bool _asked;
    private static bool _isUsed;
    private static BlockMap _map = null!;
    private static nint _start;
    private static nint _end;
    private static Functions* _standard;
    private static nint _standardSelf;

    /// <summary>Bytes of blocks that are taken; 0 where this heap is not used.</summary>
    public static long Taken => _isUsed ? _map.Taken : 0;

    /// <summary>
    /// Has libtorch take large blocks from here, from now on and for the life of the process. Where the system or this build of
    /// libtorch is not what this was written for, nothing is changed.
    /// </summary>
    public static void Use()
    {
        lock (Gate)
        {
            if (!_asked)
            {
                _asked = true;
                _isUsed = OperatingSystem.IsLinux() && Detour.IsPossible && Install();
            }
        }
    }

    private static bool Install()
    {
        var (get, set) = (TorchExports.Find(GetName), TorchExports.Find(SetName));
        if (get == 0 || set == 0)
        {
            return false;
        }

        _standardSelf = ((delegate* unmanaged<nint>)get)();
        _standard = *(Functions**)_standardSelf;
        if (!IsKnown())
        {
            return false;
        }

        // What is beyond the machine's memory, libtorch's own allocator is asked for, which says so.
        var length = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / BlockMap.Alignment * BlockMap.Alignment;
        _start = Pages.Take((nuint)length);
        if (_start == 0)
        {
            return false;
        }

        _end = _start + (nint)length;
        delegate* unmanaged<Block*, nint, nuint, byte> ask = &Allocate;
        var allocate = Detour.Of(Smallest, (nint)ask, (nint)_standard->Allocate);
        if (allocate == 0)
        {
            return false;
        }

        _map = new BlockMap(length);
        // An object that differs from libtorch's own in two functions. Both live as long as the process.
        var functions = (Functions*)NativeMemory.Alloc((nuint)sizeof(Functions));
        *functions = *_standard;
        functions->Allocate = (delegate* unmanaged<nint, nuint, Block>)allocate;
        functions->RawDeleter = &RawDeleter;
        var self = (Functions**)NativeMemory.Alloc((nuint)sizeof(nint));
        *self = functions;
        ((delegate* unmanaged<nint, byte, void>)set)((nint)self, 0);
        return true;
    }

    // Whether a block of libtorch's own looks as it should: its start twice, and what frees it.
    private static bool IsKnown()
    {
        var block = _standard->Allocate(_standardSelf, BlockMap.Alignment);
        var free = _standard->RawDeleter(_standardSelf);
        var known = block.Data != 0 && block.Context == block.Data && block.Free == free && block.Device == Processor;
        if (known)
        {
            ((delegate* unmanaged<nint, void>)free)(block.Context);
        }

        return known;
    }

    // Called by machine code: whether there was room.
    [UnmanagedCallersOnly]
    private static byte Allocate(Block* block, nint self, nuint size)
    {
        long at;
        lock (Gate)
        {
            at = _map.Take((long)size);
        }

        if (at < 0)
        {
            return 0;
        }

        var start = _start + (nint)at;
        *block = new Block
        {
            Data = start,
            Context = start,
            Free = (nint)(delegate* unmanaged<nint, void>)&Free,
            Device = Processor,
        };
        return 1;
    }

    [UnmanagedCallersOnly]
    private static void Free(nint start)
    {
        if (start < _start || start >= _end)
        {
            ((delegate* unmanaged<nint, void>)_standard->RawDeleter(_standardSelf))(start);
            return;
        }

        lock (Gate)
        {
            _map.Give(start - _start);
        }
    }

    [UnmanagedCallersOnly]
    private static nint RawDeleter(nint self) => (nint)(delegate* unmanaged<nint, void>)&Free;

    // The device of libtorch's own blocks: the processor's type, 0, and no index.
    private const ushort Processor = 0xff00;

    // c10::DataPtr as libstdc++ lays it out.
    [StructLayout(LayoutKind.Sequential)]
    private struct Block
    {
        public nint Data;
        public nint Free;
        public nint Context;
        public ushort Device;
    }

    // The virtual functions of c10::Allocator (c10/core/Allocator.h).
    [StructLayout(LayoutKind.Sequential)]
    private struct Functions
    {
        public nint Destroy;
        public nint DestroyAndFree;
        public delegate* unmanaged<nint, nuint, Block> Allocate;
        public nint IsSimple;
        public delegate* unmanaged<nint, nint> RawDeleter;
        public nint CopyData;
    }
}
