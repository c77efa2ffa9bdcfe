using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>Pages of memory, straight from Linux.</summary>
internal static partial class Pages
{
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private const int PrivateAnonymous = 0x22;
    private const int NoReserve = 0x4000;

    /// <summary>A range to read and write, zeros, of which a page takes memory when it is first written.</summary>
    /// <param name="length">Bytes.</param>
    /// <returns>Where it begins; 0 where the system refuses.</returns>
    public static nint Take(nuint length)
    {
        var start = Map(0, length, ReadWrite, PrivateAnonymous | NoReserve, -1, 0);
        return start == -1 ? 0 : start;
    }

    /// <summary>Makes what was written into a range code: it can be run, and no longer written.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>Whether the system allows it.</returns>
    public static bool MakeCode(nint start, nuint length) => Protect(start, length, ReadExecute) == 0;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint at, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint at, nuint length, int protection);
}
