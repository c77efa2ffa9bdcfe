using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Tests.Graph.Documents;

public sealed class DocumentReaderTests
{
    [Fact]
    public void Nodes_know_their_place_and_path()
    {
        var root = Read("name: x\ntraining:\n  - name: instruct\n    learning_rate: 1e-3\n");
        var rate = ((MappingNode)((SequenceNode)root["training"]!).Items[0]).Find("learning_rate")!;
        Assert.Equal(new SourceSpan("p.yml", 4, 5, 13), rate.KeySpan);
        Assert.Equal(new SourceSpan("p.yml", 4, 20, 4), rate.Value.Span);
        Assert.Equal("training[0].learning_rate", rate.Value.Path);
        Assert.Equal(1e-3, ((ScalarNode)rate.Value).Value);
    }

    [Fact]
    public void A_null_stands_on_the_line_of_its_key()
    {
        var root = Read("a:\nb: 1\n");
        Assert.Equal(1, root["a"]!.Span.Line);
        Assert.Null(((ScalarNode)root["a"]!).Value);
    }

    [Fact]
    public void A_block_scalar_is_a_string_even_when_it_looks_like_a_number()
    {
        Assert.Equal("12", ((ScalarNode)Read("a: |-\n  12\n")["a"]!).Value);
        Assert.Equal("12", ((ScalarNode)Read("a: !!str 12\n")["a"]!).Value);
    }

    [Fact]
    public void Aliases_take_the_path_of_the_place_where_they_are_used()
    {
        var root = Read("a: &x { k: [1] }\nb: *x\n");
        var item = ((SequenceNode)((MappingNode)root["b"]!)["k"]!).Items[0];
        Assert.Equal("b.k[0]", item.Path);
        Assert.Equal(1, item.Span.Line);
    }

    [Fact]
    public void Merge_keys_give_way_to_own_keys_and_earlier_merges_win()
    {
        var root = Read("x: &x { p: 1, q: 1 }\ny: &y { q: 2, r: 2 }\nz:\n  r: 3\n  <<: [*x, *y]\n");
        var z = (MappingNode)root["z"]!;
        Assert.Equal(["r=3", "p=1", "q=1"], z.Entries.Select(e => $"{e.Key}={((ScalarNode)e.Value).Text}"));
        Assert.Equal("z.p", z["p"]!.Path);
    }

    [Fact]
    public void Every_duplicate_key_is_reported_at_the_second()
    {
        Assert.Equal(
            """
            p.yml:3:1: error FT1003: the key 'name' stands here a second time; the first is on line 1
              3 | name: b
                | ^^^^
              at: name
              cure: keep one of them
            p.yml:6:3: error FT1003: the key 'k' stands here a second time; the first is on line 5
              6 |   k: 2
                |   ^
              at: model.k
              cure: keep one of them

            """,
            Errors("name: a\nseed: 1\nname: b\nmodel:\n  k: 1\n  k: 2\n")
        );
    }

    [Theory]
    [InlineData("name: \"open\nseed: 1\n", 2)]
    [InlineData("name: x\nlist: [1, 2\nseed: 1\n", 3)]
    [InlineData("name: x\n  seed: 1\n", 2)]
    [InlineData("name: x\nmodel:\n\tbase: y\n", 3)]
    [InlineData("a: 1\n- b\n", 2)]
    public void Broken_yaml_is_placed_where_scanning_stopped(string text, int line)
    {
        var e = Assert.Throws<PipelineException>(() => Read(text));
        Assert.Equal(ExitCode.InvalidPipeline, e.ExitCode);
        Assert.Equal("FT1002", e.Diagnostics[0].Code);
        Assert.Equal(line, e.Diagnostics[0].Span!.Line);
    }

    [Fact]
    public void An_unknown_alias_names_the_nearest_anchor()
    {
        Assert.Equal(
            """
            p.yml:2:4: error FT1004: no anchor '&shard' stands above this alias
              2 | b: *shard
                |    ^^^^^^
              at: b
              cure: did you mean '*shared'?

            """,
            Errors("a: &shared 1\nb: *shard\n")
        );
    }

    [Fact]
    public void An_alias_bomb_is_an_error_and_not_a_full_memory()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (var i = 1; i < 12; i++)
        {
            text += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n";
        }

        Assert.StartsWith("p.yml:5:", Errors(text), StringComparison.Ordinal);
        Assert.Contains(
            "FT1006: the document unfolds to more than 100000 values",
            Errors(text),
            StringComparison.Ordinal
        );
        Assert.Contains("FT1006", Errors(new string('[', 5000)), StringComparison.Ordinal);
        Assert.Contains("FT1004", Errors("a: &a [*a]\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "FT1005")]
    [InlineData("# only a comment\n", "FT1005")]
    [InlineData("- a\n", "FT1005")]
    [InlineData("a: !thing 1\n", "FT1008")]
    [InlineData("[a]: 1\n", "FT1009")]
    [InlineData("a: 1\n---\nb: 1\n", "FT1010")]
    [InlineData("<<: 3\n", "FT1007")]
    public void Documents_that_are_no_pipeline_are_refused(string text, string code) =>
        Assert.Contains(code, Errors(text), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_missing_names_its_neighbour()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var path = Path.Join(folder, "pipeline.yml");
        File.WriteAllText(path, "\uFEFFname: x\n");
        Assert.Equal("x", ((ScalarNode)DocumentReader.Read(path, []).Root["name"]!).Text);
        var e = Assert.Throws<PipelineException>(() => DocumentReader.Read(Path.Join(folder, "pipelin.yml"), []));
        Assert.Equal($"did you mean '{path}'?", e.Diagnostics[0].Cure);
        File.WriteAllBytes(path, [0x61, 0x3A, 0x20, 0xFF]);
        Assert.Throws<PipelineException>(() => DocumentReader.Read(path, []));
        Directory.Delete(folder, true);
    }

    private static MappingNode Read(string text) => DocumentReader.Parse(text, "/p.yml", "p.yml", []).Root;

    private static string Errors(string text)
    {
        var e = Assert.Throws<PipelineException>(() => Read(text));
        return DiagnosticPrinter.PrintAll(e.Diagnostics, _ => text);
    }
}
