using System.Text;
using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Ingest;

namespace Finetune.Tests.Stages.Ingest;

public sealed class IngestErrorTests
{
    [Theory]
    [InlineData("csv", "", "FT2401 a:1:1 -")]
    [InlineData("csv", "\n\n", "FT2401 a:1:1 -")]
    [InlineData("csv", "a,,b\n", "FT2402 a:1:1 -")]
    [InlineData("csv", "a,b,a\n", "FT2403 a:1:1 -")]
    [InlineData("csv", "a,b\n", "FT2413 a:1:1 -")]
    [InlineData("csv", "a,b\n1,2\n\n1\n1,2,3\n", "FT2407 a:4:1 2; FT2407 a:5:1 3")]
    [InlineData("csv", "a,b\n1,\"2\n3\n", "FT2408 a:2:1 1")]
    [InlineData("csv", "a,b\n1,\"x\ny\"\n1,\"2\" z\n", "FT2408 a:4:1 2")]
    [InlineData("tsv", "a\tb\n1\t\"x\ny\" z\n", "FT2408 a:2:1 1")]
    [InlineData("csv", "a,b\n1,\u00ff\n2,x\n3,\u00ff\n", "FT2409 a:2:1 1; FT2409 a:4:1 3")]
    [InlineData("jsonl", "", "FT2413 a:1:1 -")]
    [InlineData("jsonl", "{\"a\":1}\n\n{\"a\" 1}\n", "FT2410 a:3:6 2")]
    [InlineData("jsonl", "{\"a\":1},\n", "FT2410 a:1:8 1")]
    [InlineData("jsonl", "[1]\n7\n", "FT2411 a:1:1 1; FT2411 a:2:1 2")]
    [InlineData("jsonl", "{\"a\":1,\"a\":2}\n", "FT2412 a:1:1 1")]
    [InlineData("jsonl", "{\"a\":\"\u00ff\"}\n", "FT2409 a:1:1 1")]
    [InlineData("jsonl", "{\"a\":[\"\\ud800\"]}\n", "FT2409 a:1:1 1")]
    public void What_is_wrong_has_its_place_and_its_row(string format, string latin1, string wanted)
    {
        using var run = new StageRun();
        var file = run.File("a", Encoding.Latin1.GetBytes(latin1));
        var settings = new IngestSettings(format, new Dictionary<string, string>(), null);
        Assert.Equal(wanted, Summary(run.Fails("ingest", settings, ("files", [file]))));
    }

    [Fact]
    public void Columns_that_are_not_there_or_collide_are_named()
    {
        using var run = new StageRun();
        var file = run.File("a", "text,label\nx,y\n");
        var columns = new Dictionary<string, string> { ["label"] = "text", ["intent"] = "category" };
        var found = run.Fails("ingest", new IngestSettings("csv", columns, null), ("files", [file]));
        Assert.Equal("FT2404 a:1:1 -; FT2405 a:1:1 -", Summary(found));
        Assert.Contains("'category'", found[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_may_lack_a_listed_column_but_the_source_may_not()
    {
        using var run = new StageRun();
        var file = run.File("a", "{\"a\":1}\n{\"a\":2,\"rare\":3}\n");
        var settings = new IngestSettings("jsonl", new Dictionary<string, string> { ["r"] = "rare" }, null);
        run.Run("ingest", settings, ("files", [file]));
        settings = settings with { Columns = new Dictionary<string, string> { ["r"] = "missing" } };
        Assert.Equal("FT2404 a:1:1 -", Summary(run.Fails("ingest", settings, ("files", [file]))));
    }

    [Fact]
    public void Files_of_one_source_have_the_same_columns()
    {
        using var run = new StageRun();
        var files = new[] { run.File("a", "text,label\nx,y\n"), run.File("b", "text\nx\n") };
        var found = run.Fails(
            "ingest",
            new IngestSettings("csv", new Dictionary<string, string>(), null),
            ("files", files)
        );
        Assert.Equal("FT2406 b:1:1 -", Summary(found));
    }

    [Fact]
    public void Of_many_errors_the_first_are_shown_and_the_rest_are_counted()
    {
        using var run = new StageRun();
        var file = run.File("a", "{\"a\":1}\n" + string.Concat(Enumerable.Repeat("oops\n", 50)));
        var found = run.Fails(
            "ingest",
            new IngestSettings("jsonl", new Dictionary<string, string>(), null),
            ("files", [file])
        );
        Assert.Equal(20, found.Count);
        Assert.Contains("30 more", found[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_called_as_the_user_called_them()
    {
        using var run = new StageRun();
        var file = run.File("a", "oops");
        var display = new JsonObject { ["files"] = new JsonArray("data/a") };
        var settings = new IngestSettings("jsonl", new Dictionary<string, string>(), null);
        var e = Assert.Throws<PipelineException>(() => run.Run("ingest", settings, display, ("files", [file])));
        Assert.Equal("data/a", e.Diagnostics[0].Span!.File);
    }

    private static string Summary(IEnumerable<Diagnostic> found) =>
        string.Join(
            "; ",
            found.Select(d => $"{d.Code} {d.Span!.File}:{d.Span.Line}:{d.Span.Column} {d.Row?.ToString() ?? "-"}")
        );
}
