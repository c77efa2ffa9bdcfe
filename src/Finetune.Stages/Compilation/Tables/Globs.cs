using System.IO.Enumeration;

namespace Finetune.Stages.Compilation.Tables;

/// <summary>Files that match a path with <c>*</c>, <c>?</c> or <c>**</c> (any folders).</summary>
internal static class Globs
{
    /// <summary>Whether the path is a pattern.</summary>
    public static bool IsGlob(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>The files that match, in ordinal order of their paths, so that every machine reads them alike.</summary>
    public static IReadOnlyList<string> Match(string pattern)
    {
        var segments = pattern.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        var root = segments.TakeWhile(s => !IsGlob(s)).ToArray();
        var folder = string.Join(Path.DirectorySeparatorChar, root);
        var start = folder.Length == 0 ? Path.DirectorySeparatorChar.ToString() : folder;
        return Directory.Exists(start)
            ?
            [
                .. Match(start, segments.AsSpan(root.Length))
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ]
            : [];
    }

    private static List<string> Match(string folder, ReadOnlySpan<string> segments)
    {
        var segment = segments[0];
        var found = new List<string>();
        if (segments.Length == 1 && segment != "**")
        {
            found.AddRange(Directory.EnumerateFiles(folder).Where(f => Matches(segment, f)));
            return found;
        }

        if (segment == "**")
        {
            found.AddRange(Match(folder, segments.Length == 1 ? ["*"] : segments[1..]));
        }

        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            if (segment == "**")
            {
                found.AddRange(Match(inner, segments));
            }
            else if (Matches(segment, inner))
            {
                found.AddRange(Match(inner, segments[1..]));
            }
        }

        return found;
    }

    private static bool Matches(string pattern, string path) =>
        FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path.AsSpan()), ignoreCase: false);
}
