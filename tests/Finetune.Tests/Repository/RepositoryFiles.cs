namespace Finetune.Tests.Repository;

/// <summary>The checkout that the tests were built from.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder that holds Pipeline.sln, found by walking up from the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root, in the platform's form.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>C# files below that folder of the root, build outputs left out, in ordinal order.</summary>
    public static IReadOnlyList<string> CSharp(params string[] folder) =>
        [
            .. Directory
                .EnumerateFiles(At(folder), "*.cs", SearchOption.AllDirectories)
                .Where(IsWritten)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The path as the repository names it: relative, with forward slashes.</summary>
    public static string Display(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static bool IsWritten(string path)
    {
        var parts = Display(path).Split('/');
        return !parts.Contains("bin", StringComparer.Ordinal) && !parts.Contains("obj", StringComparer.Ordinal);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("no Pipeline.sln above the test assembly");
    }
}
