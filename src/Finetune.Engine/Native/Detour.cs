using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>
/// A function in machine code (x86-64, System V calls) that asks another before it goes on to the one whose place it takes. The jump
/// leaves no frame of it behind: what that one throws, in C++, reaches its caller, where an exception that met a managed frame
/// would end the process.
/// </summary>
internal static class Detour
{
    private const int PageSize = 4096;

    /// <summary>Whether there is one for this processor.</summary>
    public static bool IsPossible => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Makes one of a function whose third argument is a size. It lives as long as the process.</summary>
    /// <param name="smallest">Of sizes below, nobody is asked.</param>
    /// <param name="asked">Takes the same arguments; whether it has done what was wanted, the result being in the first.</param>
    /// <param name="standard">The function.</param>
    /// <returns>Its address; 0 where the system lets no code be made.</returns>
    public static nint Of(int smallest, nint asked, nint standard)
    {
        byte[] code =
        [
            .. (byte[])[0x48, 0x81, 0xfa, .. BitConverter.GetBytes(smallest)], // cmp rdx, smallest
            .. (byte[])[0x72, 0x1a], // jb on
            .. (byte[])[0x57, 0x56, 0x52], // push rdi, rsi, rdx: three, and the stack is at a multiple of 16
            .. (byte[])[0x48, 0xb8, .. BitConverter.GetBytes((long)asked)], // mov rax, asked
            .. (byte[])[0xff, 0xd0], // call rax
            .. (byte[])[0x5a, 0x5e, 0x5f], // pop rdx, rsi, rdi
            .. (byte[])[0x84, 0xc0], // test al, al
            .. (byte[])[0x74, 0x04], // jz on
            .. (byte[])[0x48, 0x89, 0xf8], // mov rax, rdi
            0xc3, // ret
            .. (byte[])[0x48, 0xb8, .. BitConverter.GetBytes((long)standard)], // on: mov rax, standard
            .. (byte[])[0xff, 0xe0], // jmp rax
        ];
        var place = Pages.Take(PageSize);
        if (place == 0)
        {
            return 0;
        }

        Marshal.Copy(code, 0, place, code.Length);
        return Pages.MakeCode(place, PageSize) ? place : 0;
    }
}
