using CsCheck;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Tokenize;

namespace Finetune.Tests.Stages.Tokenize;

public sealed class TokenizeTests
{
    [Fact]
    public void Loss_falls_on_the_completion_and_one_end_whatever_the_texts_say()
    {
        var text = Gen.String[Gen.Char["ab c"], 0, 8];
        Gen.Select(text, text)
            .Array[1, 20]
            .Sample(
                pairs =>
                {
                    using var run = new StageRun();
                    var examples = pairs
                        .Select((p, i) => new Example(i + 10, "ask", p.Item1, " " + p.Item2, ""))
                        .ToArray();
                    Tokenize(run, new TokenizeSettings(100, "error", "together"), examples);
                    using var file = TokenFile.Open(run.Output("train"));
                    Assert.Equal(pairs.Length, file.Count);
                    for (var i = 0; i < pairs.Length; i++)
                    {
                        var tokens = file.Example(i);
                        var prompt = 1 + Length(pairs[i].Item1);
                        Assert.Equal(prompt + 1 + Length(pairs[i].Item2) + 1, tokens.InputIds.Length);
                        Assert.Equal(tokens.InputIds.Select((_, at) => at >= prompt), tokens.LossMask);
                        Assert.Equal(TinyTokenizer.Begin, tokens.InputIds[0]);
                        Assert.NotEqual(TinyTokenizer.Begin, tokens.InputIds[1]);
                        Assert.Equal(tokens.InputIds.Length - 1, Array.IndexOf(tokens.InputIds, TinyTokenizer.End));
                        Assert.Equal((i, i + 10, "ask"), (tokens.ExampleLine, tokens.Row, tokens.Template));
                    }
                },
                iter: 40,
                threads: 1
            );
    }

    [Fact]
    public void A_prompt_whose_tokens_change_is_named_with_the_tokens_around_the_break()
    {
        using var run = new StageRun();
        Example[] examples = [new(7, "ask", "xa", " y", ""), new(8, "ask", "xa", "b", "")];
        var error = Assert.Single(Fails(run, new TokenizeSettings(100, "error", "together"), examples));
        Assert.Equal(("FT3501", 8L), (error.Code, error.Row));
        Assert.Contains("'x' 'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'x' 'ab'", error.Message, StringComparison.Ordinal);
        Assert.Contains("boundary: split", error.Cure, StringComparison.Ordinal);
        Tokenize(run, new TokenizeSettings(100, "error", "split"), examples);
    }

    [Fact]
    public void Overlong_rows_are_errors_unless_told_otherwise()
    {
        using var run = new StageRun();
        Example[] examples = [new(1, "ask", "xxxx", " y", ""), new(2, "ask", "xxxxx", " y", "")];
        var error = Assert.Single(Fails(run, new TokenizeSettings(8, "error", "together"), examples));
        Assert.Equal(("FT3502", 2L), (error.Code, error.Row));
        Assert.Contains("9 tokens (3 of them", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlong_rows_can_be_dropped_and_are_counted()
    {
        using var run = new StageRun();
        Tokenize(
            run,
            new TokenizeSettings(8, "drop", "together"),
            new(1, "ask", "x", " y", ""),
            new(2, "ask", "xxxxx", " y", "")
        );
        var counts = LedgerFile.ReadTokens(run.Output("ledger")).Splits["train"];
        Assert.Equal(
            (1L, 1L, 0L, 5L, 3L),
            (counts.Examples, counts.Dropped, counts.Truncated, counts.Tokens, counts.LabelTokens)
        );
        Assert.Equal([2L], counts.DroppedRows);
    }

    [Fact]
    public void A_pair_is_kept_or_dropped_as_one_and_counts_as_one_example()
    {
        using var run = new StageRun();
        Tokenize(
            run,
            new TokenizeSettings(8, "drop", "together"),
            new Example(1, "ask", "x", " y", "") { Rejected = " yyy" },
            new Example(2, "ask", "x", " y", "") { Rejected = " yyyyyyy" },
            new Example(3, "ask", "x", " z", "")
        );
        using var file = TokenFile.Open(run.Output("train"));
        Assert.Equal(
            ["0 1 ask", "0 1 ask/rejected", "2 3 ask"],
            Enumerable.Range(0, file.Count).Select(file.Example).Select(e => $"{e.ExampleLine} {e.Row} {e.Template}")
        );
        Assert.Equal(2, file.Example(1).LossMask.Count(scored => !scored));
        var counts = LedgerFile.ReadTokens(run.Output("ledger")).Splits["train"];
        Assert.Equal((2L, 1L, 5L + 7 + 5), (counts.Examples, counts.Dropped, counts.Tokens));
    }

    [Fact]
    public void Overlong_prompts_can_be_cut_at_their_start_behind_the_first_token()
    {
        using var run = new StageRun();
        Tokenize(run, new TokenizeSettings(6, "truncate", "together"), new Example(4, "ask", "1234", " y", ""));
        using var file = TokenFile.Open(run.Output("train"));
        var tokens = file.Example(0);
        Assert.Equal([0, Id('3'), Id('4'), Id('\u0120'), Id('y'), 1], tokens.InputIds);
        Assert.Equal([false, false, false, true, true, true], tokens.LossMask);
        Assert.Equal([4L], LedgerFile.ReadTokens(run.Output("ledger")).Splits["train"].TruncatedRows);
    }

    [Fact]
    public void A_row_that_would_lose_its_labels_is_an_error()
    {
        using var run = new StageRun();
        var found = Fails(
            run,
            new TokenizeSettings(6, "truncate", "together"),
            new(1, "ask", "x", " yyyyy", ""),
            new(2, "ask", "x", "", ""),
            new(3, "ask", "x", " y</s>z", "")
        );
        Assert.Equal([("FT3503", 1L), ("FT3503", 2L), ("FT3504", 3L)], found.Select(d => (d.Code, d.Row!.Value)));
    }

    [Fact]
    public void When_every_row_is_dropped_there_is_nothing_left()
    {
        using var run = new StageRun();
        var found = Fails(run, new TokenizeSettings(3, "drop", "together"), new Example(1, "ask", "xx", " y", ""));
        Assert.Equal("FT3505", Assert.Single(found).Code);
    }

    [Fact]
    public void A_tokenizer_without_an_end_cannot_teach_one()
    {
        using var run = new StageRun();
        var inputs = Inputs(run, [new Example(1, "ask", "x", " y", "")], end: false);
        Assert.Equal(
            "FT7402",
            Assert.Single(run.Fails("tokenize", new TokenizeSettings(9, "error", "together"), inputs)).Code
        );
    }

    [Fact]
    public void The_ledger_tells_how_long_examples_are()
    {
        using var run = new StageRun();
        var examples = Enumerable
            .Range(1, 100)
            .Select(i => new Example(i, "ask", new string('x', i), " y", ""))
            .ToArray();
        Tokenize(run, new TokenizeSettings(500, "error", "together"), examples);
        var lengths = LedgerFile.ReadTokens(run.Output("ledger")).Splits["train"].Lengths!;
        Assert.Equal((5, 54, 99, 104, 54.5), (lengths.Min, lengths.Median, lengths.P95, lengths.Max, lengths.Mean));
        Assert.Equal(20, lengths.Histogram.Count);
        Assert.All(lengths.Histogram, b => Assert.Equal((5L, 4), (b.Count, b.To - b.From)));
        Assert.Null(LedgerFile.ReadTokens(run.Output("ledger")).Splits["validation"].Lengths);
    }

    private static int Length(string text) => text.Replace("ab", "+", StringComparison.Ordinal).Length;

    private static int Id(char c) => c == '\u0120' ? '~' - '!' + 3 : c - '!' + 2;

    private static void Tokenize(StageRun run, TokenizeSettings settings, params Example[] examples) =>
        run.Run("tokenize", settings, Inputs(run, examples));

    private static IReadOnlyList<Diagnostic> Fails(
        StageRun run,
        TokenizeSettings settings,
        params Example[] examples
    ) => run.Fails("tokenize", settings, Inputs(run, examples));

    private static (string, string[])[] Inputs(StageRun run, Example[] examples, bool end = true) =>
        [
            ("tokenizer", TinyTokenizer.Write(run, end)),
            ("train", [run.Examples("examples", examples)]),
            ("validation", [run.File("none", "")]),
        ];
}
