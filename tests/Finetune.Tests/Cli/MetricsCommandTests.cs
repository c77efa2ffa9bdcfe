using System.Text.Json.Nodes;

namespace Finetune.Tests.Cli;

/// <summary>Metrics without a model.</summary>
public sealed class MetricsCommandTests
{
    [SkippableFact]
    public void Each_row_is_a_case_and_no_tensor_library_is_loaded()
    {
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(
            folder.Path,
            ["metrics", "--metric", "squad", "-v", "diag"],
            "{\"prediction\":\"The  Eiffel Tower!\",\"golds\":[\"eiffel tower\"]}\n"
                + "{\"prediction\":\"ÉCOLE\",\"golds\":[\"école\",\"x\"]}\n"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            "{\"normalized\":\"eiffel tower\",\"exact\":1,\"f1\":1}\n{\"normalized\":\"école\",\"exact\":1,\"f1\":1}\n",
            run.Out
        );
        Assert.Contains("tensor libraries loaded: none", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_bad_row_ends_it_with_its_number_or_becomes_an_error()
    {
        const string Rows = "{\"p\":[0.01]}\n{\"p\":[2]}\n{\"q\":[]}\n{\"p\":[]}\n";
        string[] command = ["metrics", "--metric", "p-adjust"];
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(folder.Path, command, Rows);
        var on = ToolProcess.Run(folder.Path, [.. command, "--keep-going"], Rows);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("row: 2", run.Error, StringComparison.Ordinal);
        Assert.Contains("'p[0]' is 2; 0 to 1 was wanted", run.Error, StringComparison.Ordinal);
        Assert.Equal("{\"bonferroni\":[0.01],\"holm\":[0.01],\"benjamini_hochberg\":[0.01]}\n", run.Out);
        Assert.Equal(3, on.ExitCode);
        Assert.Equal(4, on.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("{\"error\":\"there is no 'p'\",\"row\":3}", on.Out, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_misspelt_option_is_no_default()
    {
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(
            folder.Path,
            ["metrics", "--metric", "bleu"],
            "{\"hypotheses\":[\"a\"],\"references\":[[\"a\"]],\"level\":\"corpus\",\"options\":{\"lower\":true}}\n"
        );

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("'options.lower' is unknown; there are lowercase", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_file_of_predictions_becomes_one_object()
    {
        using var folder = new EmptyFolder();
        File.WriteAllText(
            Path.Combine(folder.Path, "p.jsonl"),
            "{\"prediction\":\"the cat sat\",\"reference\":\"the cat sat\"}\n"
                + "{\"prediction\":\"a dog\",\"references\":[\"one dog\",\"a dog\"]}\n"
        );

        var run = ToolProcess.Run(
            folder.Path,
            ["metrics", "--predictions", "p.jsonl", "--metrics", "exact_match,chrf++,rouge,bleu,ter,squad"]
        );
        var found = JsonNode.Parse(run.Out)!.AsObject();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            "rows exact_match chrf++ rouge bleu ter squad",
            string.Join(' ', found.Select(property => property.Key))
        );
        Assert.Equal(1, (double)found["exact_match"]!);
        Assert.Equal(100, (double)found["chrf++"]!["score"]!, 9);
        Assert.Equal(1, (double)found["rouge"]!["stemmed"]!["rougeLsum"]!["f"]!);
        Assert.Equal(0, (double)found["ter"]!["score"]!);
    }

    [SkippableTheory]
    [InlineData("did you mean 'bleu'? there are bleu, bootstrap,", "--metric", "blue")]
    [InlineData("did you mean 'rouge'? there are bleu, chrf,", "--metrics", "bleu,ruge")]
    [InlineData("no metric is named")]
    [InlineData("exclude each other", "--metric", "bleu", "--metrics", "bleu")]
    [InlineData("there is no file", "--predictions", "nowhere.jsonl", "--metrics", "bleu")]
    public void A_wrong_metric_is_a_usage_error(string expected, params string[] arguments)
    {
        using var folder = new EmptyFolder();

        var run = ToolProcess.Run(folder.Path, ["metrics", .. arguments]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }
}
