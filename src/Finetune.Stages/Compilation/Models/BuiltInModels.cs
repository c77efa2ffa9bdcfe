namespace Finetune.Stages.Compilation.Models;

/// <summary>The models that come with the tool, <c>builtin:NAME</c>.</summary>
public static class BuiltInModels
{
    /// <summary>What a built-in base begins with.</summary>
    public const string Prefix = "builtin:";

    private const string InTool = "builtin";
    private static readonly string InRepository = Path.Combine("pipelines", "builtin");

    /// <summary>The folder of a built-in model, or null.</summary>
    public static string? Folder(string name) =>
        Roots().Select(r => Path.Combine(r, name)).FirstOrDefault(f => name.Length > 0 && Directory.Exists(f));

    /// <summary>The names there are, ordinal order.</summary>
    public static IReadOnlyList<string> Names() =>
        [
            .. Roots()
                .Where(Directory.Exists)
                .SelectMany(Directory.EnumerateDirectories)
                .Select(f => Path.GetFileName(f))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    // Beside the tool when it is installed; from a build inside the repository, where the models are kept.
    private static IEnumerable<string> Roots()
    {
        yield return Path.Combine(AppContext.BaseDirectory, InTool);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, InRepository);
        }
    }
}
