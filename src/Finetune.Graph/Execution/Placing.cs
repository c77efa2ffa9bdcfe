using Finetune.Graph.Caching;

namespace Finetune.Graph.Execution;

/// <summary>Puts a copy of an output where the user wants it; what is there already with the same bytes stays.</summary>
public static class Placing
{
    /// <summary>Puts a file, or the files of a folder; files of the user's beside them stay.</summary>
    public static void Put(string output, string target)
    {
        if (File.Exists(output))
        {
            PutFile(output, target);
            return;
        }

        foreach (var file in Directory.GetFiles(output, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            PutFile(file, Path.Combine(target, Path.GetRelativePath(output, file)));
        }
    }

    private static void PutFile(string from, string to)
    {
        if (
            File.Exists(to)
            && new FileInfo(to).Length == new FileInfo(from).Length
            && ContentHash.OfFile(to) == ContentHash.OfFile(from)
        )
        {
            return;
        }

        var folder = Path.GetDirectoryName(to)!;
        Directory.CreateDirectory(folder);
        DurableFile.Copy(from, to, folder);
    }
}
