namespace Finetune.Tests.Stages.Compilation;

/// <summary>Each folder under <c>Broken</c> is a pipeline with faults and, in expected.snap, all that is printed of it.
/// <c>FINETUNE_UPDATE_SNAPSHOTS=1</c> writes them anew.</summary>
public sealed class BrokenPipelineTests
{
    public static TheoryData<string> Cases() =>
        [
            .. Directory
                .EnumerateDirectories(PipelineFolder.Source("Broken"))
                .Select(f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_fault_is_told_with_its_place_and_cure(string name)
    {
        var source = Path.Combine(PipelineFolder.Source("Broken"), name);
        var expected = Path.Combine(source, "expected.snap");
        using var folder = new PipelineFolder(source);
        var before = Files(folder.Root);

        var printed = folder.Print();

        Assert.Equal(before, Files(folder.Root));
        if (Environment.GetEnvironmentVariable("FINETUNE_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(expected, printed);
        }

        Assert.Equal(File.ReadAllText(expected), printed);
    }

    private static IEnumerable<string> Files(string root) =>
        Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
}
