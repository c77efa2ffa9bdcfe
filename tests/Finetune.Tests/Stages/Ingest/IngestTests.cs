using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Ingest;

namespace Finetune.Tests.Stages.Ingest;

public sealed class IngestTests
{
    [Fact]
    public void Csv_and_tsv_come_back_as_written_whatever_is_in_a_field()
    {
        var field = Gen.String[Gen.Char["ab,\t\"\r\n é"], 0, 6];
        Gen.Select(Gen.Bool, Gen.Int[1, 4])
            .SelectMany((tsv, width) => field.Array[width].Array[1, 6].Select(rows => (tsv, rows)))
            .Sample(
                (tsv, rows) =>
                {
                    var delimiter = tsv ? '\t' : ',';
                    var text = new StringBuilder()
                        .AppendJoin(delimiter, rows[0].Select((_, i) => $"c{i}"))
                        .Append('\n');
                    foreach (var row in rows)
                    {
                        text.AppendJoin(
                                delimiter,
                                row.Select(v => '"' + v.Replace("\"", "\"\"", StringComparison.Ordinal) + '"')
                            )
                            .Append("\r\n");
                    }

                    var found = Ingest(tsv ? "tsv" : "csv", text.ToString());
                    Assert.Equal(rows.Length, found.Count);
                    Assert.Equal(
                        rows.SelectMany(r => r),
                        found.SelectMany(r => r.Values.Select(v => (string)v.Value!))
                    );
                    Assert.Equal(Enumerable.Range(1, rows.Length).Select(i => (long)i), found.Select(r => r.Number));
                },
                iter: 100,
                threads: 1
            );
    }

    [Fact]
    public void A_mark_blank_lines_and_plain_quotes_are_no_trouble()
    {
        var rows = Ingest("csv", "\uFEFFtext,label\r\n\r\na 5\" disk,x\r\n  \r\nb,\r\n");
        Assert.Equal(["a 5\" disk|x", "b|"], rows.Select(r => string.Join('|', r.Values.Select(v => v.Value))));
        Assert.Equal([1L, 2L], rows.Select(r => r.Number));
    }

    [Fact]
    public void Tsv_of_writers_that_do_not_quote_is_taken_as_it_stands()
    {
        var rows = Ingest("tsv", "label\ttext\nham\t\"Wen u miss\" gdeve..\nham\t\"a \"\" b\"\n");
        Assert.Equal(["\"Wen u miss\" gdeve..", "a \" b"], rows.Select(r => (string)r.Values["text"]!));
    }

    [Fact]
    public void Columns_are_renamed_and_files_follow_each_other_in_the_order_of_the_first()
    {
        using var run = new StageRun();
        var files = new[]
        {
            run.File("a.csv", "text,category,id\nx,1,2\n"),
            run.File("b.csv", "id,text,category\n3,y,4\n"),
        };
        var columns = new Dictionary<string, string> { ["message"] = "text", ["intent"] = "category" };
        run.Run("ingest", new IngestSettings("csv", columns, null), ("files", files));
        Assert.Equal(
            "{\"row\":1,\"values\":{\"message\":\"x\",\"intent\":\"1\",\"id\":\"2\"}}\n"
                + "{\"row\":2,\"values\":{\"message\":\"y\",\"intent\":\"4\",\"id\":\"3\"}}\n",
            File.ReadAllText(run.Output("rows"))
        );
    }

    [Fact]
    public void Jsonl_keeps_values_as_they_are()
    {
        var row = Assert.Single(Ingest("jsonl", "\n{\"a\": 1.50, \"b\": [1, {\"c\": null}], \"d\": \"\\u00e9\"}\r\n"));
        Assert.Equal("""{"a":1.50,"b":[1,{"c":null}],"d":"é"}""", row.Values.ToJsonString(StageJson.Options));
    }

    [Fact]
    public void Of_a_limit_the_first_rows_remain_and_later_errors_do_not_matter() =>
        Assert.Equal(2, Ingest("jsonl", "{\"a\":1}\n{\"a\":2}\n{oops\n", limit: 2).Count);

    private static List<Row> Ingest(string format, string text, long? limit = null)
    {
        using var run = new StageRun();
        var settings = new IngestSettings(format, new Dictionary<string, string>(), limit);
        run.Run("ingest", settings, new JsonObject(), ("files", [run.File("a", text)]));
        return [.. RowFile.Read(run.Output("rows"))];
    }
}
