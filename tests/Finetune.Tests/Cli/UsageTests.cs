namespace Finetune.Tests.Cli;

public sealed class UsageTests
{
    [SkippableTheory]
    [InlineData("did you mean 'validate'", "vlidate")]
    [InlineData("did you mean '--json'", "run", "--jsn")]
    [InlineData("is no verbosity", "doctor", "-v", "loud")]
    [InlineData("--model", "tokenize")]
    [InlineData("did you mean 'tensorboard'", "run", "quickstart.yml", "--track", "tensorbord")]
    [InlineData("MLFLOW_TRACKING_URI", "run", "quickstart.yml", "--track", "mlflow")]
    [InlineData("is no address of a server", "run", "quickstart.yml", "--track", "mlflow=here")]
    [InlineData("there is no folder", "score", "--model", "nowhere")]
    public void A_wrong_command_line_is_exit_code_1_with_a_cure(string expected, params string[] arguments)
    {
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(folder.Path, arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [SkippableFact]
    public void Help_and_version_are_results()
    {
        using var folder = new EmptyFolder();

        Assert.Contains("validate", ToolProcess.Run(folder.Path, ["--help"]).Out, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", ToolProcess.Run(folder.Path, ["--version"]).Out);
    }

    [SkippableFact]
    public void Init_writes_a_first_pipeline_once()
    {
        using var folder = new EmptyFolder();

        Assert.Equal(0, ToolProcess.Run(folder.Path, ["init"]).ExitCode);
        Assert.True(File.Exists(Path.Combine(folder.Path, "pipeline.yml")));
        Assert.Contains(
            ".finetune/",
            File.ReadAllText(Path.Combine(folder.Path, ".gitignore")),
            StringComparison.Ordinal
        );

        var again = ToolProcess.Run(folder.Path, ["init"]);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("would be replaced", again.Error, StringComparison.Ordinal);
    }
}
