using System.Runtime.InteropServices;

namespace Finetune.Graph.Caching;

/// <summary>A second name for a file's bytes, or a copy where the platform or file system has none.</summary>
public static partial class Links
{
    /// <summary>How names of half-made files start.</summary>
    public const string TempPrefix = ".tmp-";

    /// <summary>Makes <paramref name="path"/> show the bytes of <paramref name="existing"/>, read-only.</summary>
    public static void LinkOrCopy(string existing, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // Never write through a name that may be a link to a blob: make the new one beside it and rename.
        var temp = Path.Combine(Path.GetDirectoryName(path)!, TempPrefix + Path.GetRandomFileName());
        if (OperatingSystem.IsWindows() || Link(existing, temp) != 0)
        {
            File.Copy(existing, temp);
            File.SetLastWriteTimeUtc(temp, File.GetLastWriteTimeUtc(existing));
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temp, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        File.Move(temp, path, overwrite: true);

        // Renaming one link of a file onto another of the same file does nothing and leaves the first (POSIX rename).
        File.Delete(temp);
    }

    /// <summary>
    /// Whether <paramref name="path"/> still shows those bytes: size and time of change are the blob's, as a link's and a
    /// copy's are until someone writes.
    /// </summary>
    public static bool Shows(string existing, string path)
    {
        var (blob, shown) = (new FileInfo(existing), new FileInfo(path));
        return shown.Exists && shown.Length == blob.Length && shown.LastWriteTimeUtc == blob.LastWriteTimeUtc;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
