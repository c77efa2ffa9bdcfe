namespace Finetune.Engine.Tests;

/// <summary>
/// Where golden numbers of other tools lie: <c>$FINETUNE_SHARED/testdata/fixtures</c> (default: <c>shared</c> beside
/// the repository) and every root in <c>FINETUNE_FIXTURES</c>. Tests skip, with the reason, where there are none.
/// </summary>
internal static class FixtureRoots
{
    private const string Missing = "";

    /// <summary>The shared folder, or null.</summary>
    public static string? Shared
    {
        get
        {
            var folder =
                Environment.GetEnvironmentVariable("FINETUNE_SHARED")
                ?? (Repository() is { } root ? Path.GetFullPath(Path.Combine(root, "..", "shared")) : null);
            return Directory.Exists(folder) ? folder : null;
        }
    }

    /// <summary>Roots that exist.</summary>
    public static IReadOnlyList<string> All
    {
        get
        {
            var more = Environment.GetEnvironmentVariable("FINETUNE_FIXTURES") ?? "";
            string[] roots =
            [
                .. Shared is { } shared ? new[] { Path.Combine(shared, "testdata", "fixtures") } : [],
                .. more.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            ];
            return [.. roots.Where(Directory.Exists)];
        }
    }

    /// <summary>One theory case a folder of that kind, e.g. <c>metrics</c>; one empty case where there are none.</summary>
    public static TheoryData<string> Cases(string kind)
    {
        var cases = new TheoryData<string>();
        foreach (var folder in All.Select(root => Path.Combine(root, kind)).Where(Directory.Exists))
        {
            foreach (var one in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            {
                cases.Add(one);
            }
        }

        if (!((IEnumerable<object[]>)cases).Any())
        {
            cases.Add(Missing);
        }

        return cases;
    }

    /// <summary>Skips the empty case.</summary>
    public static void SkipIfMissing(string folder) =>
        Skip.If(
            folder == Missing,
            "no fixtures: neither ../shared (FINETUNE_SHARED) nor FINETUNE_FIXTURES has this kind"
        );

    private static string? Repository()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Pipeline.sln")))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
