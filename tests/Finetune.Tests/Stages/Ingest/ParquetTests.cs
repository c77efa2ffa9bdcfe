using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Ingest;
using Finetune.Tests.Stages.Compilation;
using Parquet;
using Parquet.Serialization;

namespace Finetune.Tests.Stages.Ingest;

public sealed class ParquetTests
{
    [Fact]
    public async Task Values_keep_their_kinds_and_absent_ones_are_null()
    {
        using var bench = new StageBench();
        await WriteAsync(bench.Input("files", ".parquet"), groups: 2);

        var rows = await IngestAsync(bench, new Dictionary<string, string> { ["words"] = "Text" });

        Assert.Equal([1L, 2L, 3L, 4L], rows.Select(r => r.Number));
        Assert.Equal(
            """{"words":"h\u00E9","Label":3,"Score":0.5,"Good":true,"Tags":["p","q"],"Turns":[{"Role":"user","Content":"a"},{"Role":"assistant","Content":null}]}""",
            rows[0].Values.ToJsonString()
        );
        Assert.Equal(
            """{"words":null,"Label":null,"Score":1,"Good":false,"Tags":null,"Turns":[]}""",
            rows[1].Values.ToJsonString()
        );
        Assert.Equal(rows[0].Values.ToJsonString(), rows[2].Values.ToJsonString());
    }

    [Fact]
    public async Task A_column_that_is_not_there_is_told()
    {
        using var bench = new StageBench();
        await WriteAsync(bench.Input("files", ".parquet"), groups: 1);

        var exception = await Assert.ThrowsAsync<PipelineException>(() =>
            IngestAsync(bench, new Dictionary<string, string> { ["words"] = "text" })
        );

        Assert.Contains("there is no column 'text'", exception.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PAR1")]
    [InlineData("text,label\na,b\n")]
    [InlineData("PAR1\u0015\u0000\u0015\u0000 PAR1")]
    public async Task What_is_no_parquet_is_told_with_its_name(string text)
    {
        using var bench = new StageBench();
        File.WriteAllText(bench.Input("files", ".parquet"), text);

        var exception = await Assert.ThrowsAsync<PipelineException>(() =>
            IngestAsync(bench, new Dictionary<string, string>())
        );

        Assert.Equal("FT2414", exception.Diagnostics[0].Code);
        Assert.Equal("files.parquet", exception.Diagnostics[0].Span!.File);
    }

    [Fact]
    public async Task Cut_files_are_errors_wherever_they_end()
    {
        using var whole = new StageBench();
        await WriteAsync(whole.Input("files", ".parquet"), groups: 1);
        var bytes = File.ReadAllBytes(Path.Combine(whole.Folder, "files.parquet"));
        for (var end = 0; end < bytes.Length; end += 37)
        {
            using var bench = new StageBench();
            File.WriteAllBytes(bench.Input("files", ".parquet"), [.. bytes[..end], .. bytes[^8..]]);
            await Assert.ThrowsAsync<PipelineException>(() => IngestAsync(bench, new Dictionary<string, string>()));
        }
    }

    [Fact]
    public async Task The_document_knows_its_columns()
    {
        using var folder = new PipelineFolder();
        await WriteAsync(Path.Combine(folder.Root, "data", "rows.parquet"), groups: 1);
        folder.Text = """
            version: 1
            name: small
            sources: { rows: { path: data/rows.parquet, columns: { words: Text } } }
            splits: { from: rows, train: 0.8, validation: 0.1, test: 0.1 }
            templates: { ask: { prompt: "{{ words }}", completion: " {{ Label }}" } }
            model: { base: models/tiny }
            training: [{ name: tune }]
            """;

        Assert.Equal("parquet", (string)folder.Compile().Plan.Find("ingest.rows")!.Settings["format"]!);
        var fault = Assert.Throws<PipelineException>(() => folder.Compile("templates.ask.prompt=\"{{ wrods }}\""));
        Assert.Contains("words", fault.Diagnostics[0].Cure, StringComparison.Ordinal);
    }

    private static async Task<List<Row>> IngestAsync(StageBench bench, IReadOnlyDictionary<string, string> columns)
    {
        var outputs = await bench.RunAsync(
            new IngestStage(),
            StageJson.ToJson(new IngestSettings("parquet", columns, null))
        );
        return [.. RowFile.Read(outputs["rows"])];
    }

    private static async Task WriteAsync(string path, int groups)
    {
        Table[] rows =
        [
            new()
            {
                Text = "hé",
                Label = 3,
                Score = 0.5f,
                Good = true,
                Tags = ["p", "q"],
                Turns = [new() { Role = "user", Content = "a" }, new() { Role = "assistant" }],
            },
            new() { Score = 1, Turns = [] },
        ];
        await using var stream = File.Create(path);
        for (var group = 0; group < groups; group++)
        {
            await ParquetSerializer.SerializeAsync(rows, stream, new ParquetOptions { Append = group > 0 });
        }
    }

    private sealed class Table
    {
        public string? Text { get; set; }

        public long? Label { get; set; }

        public float Score { get; set; }

        public bool Good { get; set; }

        public List<string>? Tags { get; set; }

        public List<Turn>? Turns { get; set; }
    }

    private sealed class Turn
    {
        public string? Role { get; set; }

        public string? Content { get; set; }
    }
}
