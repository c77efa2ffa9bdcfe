using Finetune.Graph.Caching;
using Finetune.Graph.Planning;

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

    /// <summary>What is not there as <see cref="Put"/> would leave it, or null.</summary>
    public static string? Drift(Step step, ActionResult result)
    {
        if (step.Placement is not { } placement)
        {
            return null;
        }

        var output = result.Outputs.Single(o => o.Name == placement.Output);
        var off = output.Files.FirstOrDefault(f => !Lies(Path.Combine(placement.Target, f.Path), f));
        return off is null ? null
            : off.Path.Length == 0 ? $"'{placement.Target}' is not as it was placed; a run puts it back"
            : $"'{off.Path}' in '{placement.Target}' is not as it was placed; a run puts it back";
    }

    private static bool Lies(string path, StoredFile file) =>
        new FileInfo(path) is { Exists: true } found
        && found.Length == file.Size
        && ContentHash.OfFile(path).Hex == file.Digest;

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
