using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Finetune.Stages.Artifacts;

namespace Finetune.Tests.Stages.Artifacts;

public sealed class LineFileTests
{
    [Fact]
    public void Lines_are_those_of_the_text_whatever_their_length_and_ends()
    {
        var line = Gen.OneOf(
            Gen.String[Gen.Char["ab \u00e9"], 0, 20],
            Gen.Int[65_530, 131_080].Select(n => new string('x', n))
        );
        Gen.Select(line.Array[0, 8], Gen.Bool, Gen.Bool, Gen.Bool)
            .Sample(
                (lines, windows, mark, closed) =>
                {
                    using var scratch = new Scratch();
                    var end = windows ? "\r\n" : "\n";
                    var text =
                        (mark ? "\uFEFF" : "") + string.Join(end, lines) + (closed && lines.Length > 0 ? end : "");
                    var path = scratch.Write("lines", text);
                    var wanted = lines.Select((l, i) => (Number: i + 1L, Text: l)).Where(l => l.Text.Trim().Length > 0);
                    var found = LineReader.Read(path).Select(l => (l.Number, Encoding.UTF8.GetString(l.Bytes.Span)));
                    Assert.Equal(wanted, found);
                },
                iter: 100,
                threads: 1
            );
    }

    [Fact]
    public void Rows_come_back_as_written_numbers_to_the_digit()
    {
        using var scratch = new Scratch();
        var values = """{"text":"é <b> \u2028 \"","n":1.50,"big":12345678901234567890,"none":null,"list":["a",1e-3]}""";
        using (var writer = RowFile.Create(scratch["rows.jsonl"]))
        {
            writer.Write(new Row(7, JsonNode.Parse(values)!.AsObject()));
            writer.Write(new Row(8, []));
        }

        var rows = RowFile.Read(scratch["rows.jsonl"]).ToList();
        Assert.Equal([7L, 8L], rows.Select(r => r.Number));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(values), rows[0].Values));
        var text = File.ReadAllText(scratch["rows.jsonl"]);
        Assert.StartsWith("""{"row":7,"values":{"text":"é <b>""", text, StringComparison.Ordinal);
        Assert.Contains("1.50", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_keeps_every_bit_of_its_numbers_and_the_order_of_its_choices()
    {
        using var scratch = new Scratch();
        var scores = new Dictionary<string, double> { ["b"] = -0.1 - 0.2, ["a"] = -1e-300 };
        using (var writer = AnswerFile.Create(scratch["predictions.jsonl"]))
        {
            writer.Write(new Answer(3, "ask", "p", "b", null, false, 5, -1.0 / 3, 2, 1, null, scores));
        }

        var answer = Assert.Single(AnswerFile.Read(scratch["predictions.jsonl"]));
        Assert.Equal(-1.0 / 3, answer.LogProb);
        Assert.Equal(["b", "a"], answer.ChoiceLogProbs!.Keys);
        Assert.Equal(scores["b"], answer.ChoiceLogProbs["b"]);
        Assert.Contains(
            "\"choice_log_probs\":{\"b\":",
            File.ReadAllText(scratch["predictions.jsonl"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_damaged_line_is_named()
    {
        using var scratch = new Scratch();
        var path = scratch.Write("rows.jsonl", "{\"row\":1,\"values\":{}}\n\n{\"row\":\n");
        var e = Assert.Throws<InvalidDataException>(() => RowFile.Read(path).Count());
        Assert.Contains("rows.jsonl:3", e.Message, StringComparison.Ordinal);
    }
}
