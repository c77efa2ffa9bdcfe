namespace Finetune.Tests.Cli;

/// <summary>JSONL in, JSONL out.</summary>
public sealed class BatchVerbTests
{
    private static readonly string[] Tokenize =
    [
        "tokenize",
        "--model",
        ToolProcess.RepositoryFile("pipelines", "tiny"),
    ];

    [SkippableFact]
    public void No_rows_are_no_answers_and_no_error()
    {
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(folder.Path, Tokenize);

        Assert.Equal((0, ""), (run.ExitCode, run.Out));
    }

    [SkippableFact]
    public void A_bad_row_ends_it_with_its_number_and_the_rows_before_it_written()
    {
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(folder.Path, Tokenize, "{\"text\":\"one\"}\n\nnot json\n{\"text\":\"two\"}\n");

        Assert.Equal(3, run.ExitCode);
        Assert.Single(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("row: 2", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Keep_going_answers_a_bad_row_with_an_error_and_still_ends_with_3()
    {
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(
            folder.Path,
            [.. Tokenize, "--keep-going"],
            "{\"txt\":\"one\"}\n{\"text\":\"two\"}\n"
        );
        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("{\"error\":", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("{\"ids\":", lines[1], StringComparison.Ordinal);
    }
}
