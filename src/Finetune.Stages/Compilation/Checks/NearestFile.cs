using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Tells of a path that does not exist, with the name beside it that was likely meant.</summary>
internal static class NearestFile
{
    /// <summary>Adds the fault.</summary>
    /// <param name="context">The check's context.</param>
    /// <param name="place">Key path of the value.</param>
    /// <param name="written">The path as written.</param>
    /// <param name="path">The absolute path.</param>
    /// <param name="kind"><c>file</c> or <c>folder</c>.</param>
    public static void NoSuchPath(CheckContext context, string place, string written, string path, string kind) =>
        context.AtValue(
            Codes.NoSuchPath,
            place,
            $"there is no {kind} '{written}'",
            Near(path) is { } name
                ? $"did you mean '{Beside(written, name)}'?"
                : "relative paths start at the folder of this document"
        );

    private static string? Near(string path)
    {
        var folder = Path.GetDirectoryName(path);
        return Directory.Exists(folder)
            ? NearestMatch.Of(
                Path.GetFileName(path),
                Directory
                    .EnumerateFileSystemEntries(folder)
                    .Select(e => Path.GetFileName(e))
                    .Order(StringComparer.Ordinal)
            )
            : null;
    }

    private static string Beside(string written, string name) =>
        written[..(written.TrimEnd('/').LastIndexOf('/') + 1)] + name;
}
