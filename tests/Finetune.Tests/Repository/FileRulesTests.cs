using System.Text.RegularExpressions;

namespace Finetune.Tests.Repository;

public sealed partial class FileRulesTests
{
    private const int LongestFile = 350;
    private const int MedianFile = 80;

    [Fact]
    public void No_source_file_is_longer_than_one_idea()
    {
        var lengths = RepositoryFiles
            .CSharp("src")
            .Select(path => (Path: RepositoryFiles.Display(path), Lines: File.ReadLines(path).Count()))
            .OrderBy(file => file.Lines)
            .ToList();

        Assert.DoesNotContain(lengths, file => file.Lines > LongestFile);
        Assert.InRange(lengths[lengths.Count / 2].Lines, 1, MedianFile);
    }

    [Fact]
    public void No_warning_is_silenced_in_code() =>
        Assert.Empty(Lines("src", "tests").Where(line => Pragma().IsMatch(line.Text)).Select(Place));

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.Empty(Lines("src").Where(line => Unfinished().IsMatch(line.Text)).Select(Place));

    [Fact]
    public void No_path_of_one_machine_is_written_down()
    {
        var texts = Lines("src", "tests")
            .Concat(
                new[] { "pipelines", "schemas" }
                    .Select(folder => RepositoryFiles.At(folder))
                    .Where(Directory.Exists)
                    .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                    .Where(path => Path.GetExtension(path) is ".yml" or ".json" or ".md" or ".txt")
                    .SelectMany(LinesOf)
            );

        Assert.Empty(texts.Where(line => MachinePath().IsMatch(line.Text)).Select(Place));
    }

    [Fact]
    public void The_top_level_holds_only_what_it_is_known_to_hold()
    {
        string[] known =
        [
            "src",
            "schemas",
            "pipelines",
            "tests",
            "Pipeline.sln",
            "README.md",
            "LICENSE",
            "dotnet-tools.json",
            "global.json",
            "Directory.Build.props",
            "Directory.Build.targets",
            "Directory.Packages.props",
            // What builds, test runs and packing leave; not tracked.
            "TestResults",
            "artifacts",
            "bin",
            "obj",
        ];

        var found = Directory.EnumerateFileSystemEntries(RepositoryFiles.Root).Select(path => Path.GetFileName(path)!);

        Assert.DoesNotContain(found, name => !name.StartsWith('.') && !known.Contains(name, StringComparer.Ordinal));
    }

    private static IEnumerable<(string Path, int Number, string Text)> Lines(params string[] folders) =>
        folders.SelectMany(folder => RepositoryFiles.CSharp(folder)).SelectMany(LinesOf);

    private static IEnumerable<(string Path, int Number, string Text)> LinesOf(string path) =>
        File.ReadLines(path).Select((text, index) => (path, index + 1, text));

    private static string Place((string Path, int Number, string Text) line) =>
        $"{RepositoryFiles.Display(line.Path)}:{line.Number}: {line.Text.Trim()}";

    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|new NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(?<![\w.:/{}\]])/(work|root|home)/\w")]
    private static partial Regex MachinePath();
}
