using System.Runtime.InteropServices;

namespace Finetune.Graph.Caching;

/// <summary>Files that are either whole or not there, also after a power cut: temp → fsync → rename → fsync of the
/// folder.</summary>
public static partial class DurableFile
{
    private const int ReadOnlyDirectory = 0x10000;

    /// <summary>Writes text.</summary>
    public static void WriteText(string path, string text, string tempFolder)
    {
        Directory.CreateDirectory(tempFolder);
        var temp = Path.Combine(tempFolder, Path.GetRandomFileName());
        using (var stream = new FileStream(temp, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        Rename(temp, path);
    }

    /// <summary>Copies a file's bytes.</summary>
    public static void Copy(string from, string path, string tempFolder)
    {
        Directory.CreateDirectory(tempFolder);
        var temp = Path.Combine(tempFolder, Path.GetRandomFileName());
        using (var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read))
        using (var target = new FileStream(temp, FileMode.CreateNew, FileAccess.Write))
        {
            source.CopyTo(target, 1 << 20);
            target.Flush(flushToDisk: true);
        }

        Rename(temp, path);
    }

    /// <summary>Moves a finished file into place.</summary>
    public static void Rename(string temp, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        File.Move(temp, path, overwrite: true);
        SyncFolder(folder);
    }

    /// <summary>Makes names in a folder outlive a power cut; where the platform has no such call, nothing.</summary>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var handle = Open(folder, ReadOnlyDirectory);
        if (handle >= 0)
        {
            _ = Sync(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
