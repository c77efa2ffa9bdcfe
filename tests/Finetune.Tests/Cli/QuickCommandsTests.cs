namespace Finetune.Tests.Cli;

/// <summary>Commands that a person waits for: none of them loads libtorch, and none writes.</summary>
public sealed class QuickCommandsTests
{
    private static string Document =>
        $$$"""
            version: 1
            name: quick
            sources: { rows: { path: rows.csv } }
            splits: { from: rows, train: 0.6, validation: 0.2, test: 0.2 }
            templates:
              ask: { prompt: "{{ text }}\nKind:", completion: " {{ kind }}", answer: kind, choices: distinct }
            model: { config: '{{{ToolProcess.RepositoryFile("pipelines", "tiny")}}}', init: random }
            training: [{ name: first, max_steps: 1 }]
            """;

    [SkippableTheory]
    [InlineData("validate")]
    [InlineData("plan")]
    [InlineData("status")]
    [InlineData("graph")]
    [InlineData("explain", "train.first")]
    public void Load_no_tensor_library_and_write_nothing(params string[] command)
    {
        using var folder = Folder(Document);

        var run = ToolProcess.Run(folder.Path, [.. command, "-v", "diag"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("tensor libraries loaded: none", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    [SkippableFact]
    public void An_invalid_document_is_exit_code_2_with_every_place()
    {
        using var folder = Folder(
            Document
                .Replace("max_steps", "max_stepz", StringComparison.Ordinal)
                .Replace("seed", "sed", StringComparison.Ordinal)
        );

        var run = ToolProcess.Run(folder.Path, ["run"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("pipeline.yml:8:27: error FT1", run.Error, StringComparison.Ordinal);
        Assert.Contains("max_steps", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    [SkippableFact]
    public void Status_check_says_that_something_would_run()
    {
        using var folder = Folder(Document);

        Assert.Equal(8, ToolProcess.Run(folder.Path, ["status", "--check"]).ExitCode);
    }

    private static EmptyFolder Folder(string document)
    {
        var folder = new EmptyFolder();
        folder.Write("pipeline.yml", document);
        folder.Write(
            "rows.csv",
            "text,kind\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"t{i},k{i % 2}\n"))
        );
        return folder;
    }
}
