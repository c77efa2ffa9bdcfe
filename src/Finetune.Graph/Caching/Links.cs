using System.Runtime.InteropServices;

namespace Finetune.Graph.Caching;

/// <summary>A second name for a file's bytes, or a copy where the platform or file system has none.</summary>
public static partial class Links
{
    /// <summary>Makes <paramref name="path"/> show the bytes of <paramref name="existing"/>, read-only.</summary>
    public static void LinkOrCopy(string existing, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (OperatingSystem.IsWindows() || Link(existing, path) != 0)
        {
            File.Copy(existing, path, overwrite: true);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
