using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Render;
using Finetune.Stages.Templates;

namespace Finetune.Tests.Stages.Render;

public sealed class RenderTests
{
    private static readonly ChoiceSettings s_distinct = new(true, null, null);

    private static readonly TemplateSettings s_ask = new(
        "ask",
        "Message: {{ text }}\nIntent:",
        " {{ intent }}",
        "intent",
        s_distinct
    );

    private static readonly TemplateSettings s_terse = s_ask with { Name = "terse", Prompt = "{{ text }}" };

    [Fact]
    public void Every_row_comes_in_every_template_row_by_row_in_the_order_written()
    {
        using var run = new StageRun();
        Render(run, [s_ask, s_terse], ["terse", "ask"], ["ask"], shots: true);
        var train = ExampleFile.Read(run.Output("train")).ToList();
        Assert.Equal(["1 terse", "1 ask", "2 terse", "2 ask"], train.Select(e => $"{e.Row} {e.Template}"));
        Assert.Equal(new Example(1, "ask", "Message: hi\nIntent:", " b", "b"), train[1]);
        Assert.Equal(
            "1 ask",
            string.Join(',', ExampleFile.Read(run.Output("test")).Select(e => $"{e.Row} {e.Template}"))
        );
        Assert.Equal(2, ExampleFile.Count(run.Output("shots")));
        var ledger = LedgerFile.ReadRender(run.Output("ledger"));
        Assert.Equal([(2L, 1L, 1L), (2L, 1L, 0L)], ledger.Templates.Select(t => (t.Train, t.Validation, t.Test)));
    }

    [Fact]
    public void Choices_are_the_training_answers_and_stand_apart_where_rows_share_them()
    {
        using var run = new StageRun();
        Render(run, [s_ask, s_terse], ["ask", "terse"], ["ask"]);
        var training = ChoiceFile.Read(run.Output("training_choices"));
        Assert.Equal(["ask", "terse"], training.Keys);
        Assert.Equal(["a", "b"], training["ask"].Choices);
        Assert.Equal([" a", " b"], training["ask"].Completions!);
        Assert.Equal(["ask"], ChoiceFile.Read(run.Output("evaluation_choices")).Keys);
        Assert.Empty(File.ReadAllText(run.Output("shots")));
    }

    [Fact]
    public void A_completion_that_uses_more_of_the_row_gives_every_row_its_own()
    {
        using var run = new StageRun();
        Render(run, [s_ask with { Completion = " {{ intent }} ({{ text }})" }], ["ask"], ["ask"]);
        Assert.Null(ChoiceFile.Read(run.Output("training_choices"))["ask"].Completions);
        var example = ExampleFile.Read(run.Output("train")).First();
        Assert.Null(example.Choices);
        Assert.Equal([" a (hi)", " b (hi)"], example.ChoiceCompletions!);
    }

    [Fact]
    public void A_column_can_hold_each_rows_own_choices()
    {
        using var run = new StageRun();
        var template = s_ask with { Choices = new ChoiceSettings(false, null, "options") };
        Render(run, [template], ["ask"], ["ask"], row => row.Values["options"] = new JsonArray("b", "a", 3));
        Assert.Empty(ChoiceFile.Read(run.Output("training_choices")));
        var example = ExampleFile.Read(run.Output("test")).Single();
        Assert.Equal(["b", "a", "3"], example.Choices!);
        Assert.Equal([" b", " a", " 3"], example.ChoiceCompletions!);
    }

    [Fact]
    public void Further_right_answers_go_with_rows_that_are_answered()
    {
        using var run = new StageRun();
        var template = s_ask with { Choices = null, Accept = "aliases" };
        Render(run, [template], ["ask"], ["ask"], row => row.Values["aliases"] = new JsonArray("x", 3));
        Assert.All(ExampleFile.Read(run.Output("test")), e => Assert.Equal(["x", "3"], e.Accept!));
        Assert.All(ExampleFile.Read(run.Output("validation")), e => Assert.Equal(["x", "3"], e.Accept!));
        Assert.All(ExampleFile.Read(run.Output("train")), e => Assert.Null(e.Accept));

        using var plain = new StageRun();
        Render(plain, [template], ["ask"], ["ask"], row => row.Values["aliases"] = row.Number == 1 ? null : "one");
        Assert.All(ExampleFile.Read(plain.Output("test")), e => Assert.True(e.Accept is null or ["one"]));

        using var nested = new StageRun();
        var found = Fails(nested, template with { Accept = "list" });
        Assert.Equal("templates.ask.accept", found[0].KeyPath);
    }

    [Fact]
    public void A_column_of_plain_values_gives_its_distinct_values()
    {
        using var run = new StageRun();
        var template = s_ask with { Choices = new ChoiceSettings(false, null, "intent") };
        Render(run, [template], ["ask"], ["ask"]);
        Assert.Equal(["a", "b"], ChoiceFile.Read(run.Output("training_choices"))["ask"].Choices);
    }

    [Fact]
    public void Free_text_has_the_answer_or_the_completion_as_reference()
    {
        using var run = new StageRun();
        Render(
            run,
            [s_ask with { Choices = null }, s_terse with { Answer = null, Choices = null }],
            ["ask", "terse"],
            []
        );
        Assert.Equal(["b", " b"], ExampleFile.Read(run.Output("validation")).Select(e => e.Reference));
        Assert.Empty(ChoiceFile.Read(run.Output("training_choices")));
    }

    [Fact]
    public void An_answer_that_is_no_choice_is_named_with_the_nearest()
    {
        using var run = new StageRun();
        var found = Fails(run, s_ask with { Choices = new ChoiceSettings(false, ["a", "bb"], null) });
        Assert.Equal([("FT3404", 1L), ("FT3404", 1L)], found.Select(d => (d.Code, d.Row!.Value)));
        Assert.Contains("'bb'", found[0].Cure, StringComparison.Ordinal);
        Assert.Contains("train row", found[0].Message, StringComparison.Ordinal);
        Assert.Contains("validation row", found[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_completion_is_an_error()
    {
        using var run = new StageRun();
        var found = Fails(run, s_ask with { Choices = null, Completion = " {{ nothing }}" });
        Assert.All(found, d => Assert.Equal("FT3403", d.Code));
        Assert.Equal("templates.ask.completion", found[0].KeyPath);
    }

    [Fact]
    public void A_row_without_a_column_is_an_error_with_its_row()
    {
        using var run = new StageRun();
        var error = Assert.Single(Fails(run, s_ask with { Prompt = "{{ rare }}" }), d => d.Row == 2);
        Assert.Equal("FT3401", error.Code);
        Assert.Contains("'rare'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choices_that_cannot_be_told_apart_are_an_error()
    {
        using var run = new StageRun();
        var found = Fails(run, s_ask with { Completion = " {{ intent | string.size }}" });
        Assert.Contains(found, d => d.Code == "FT3407");
    }

    [Fact]
    public void Prompts_with_different_completions_are_counted()
    {
        using var run = new StageRun();
        Render(run, [s_ask with { Prompt = "What?" }], ["ask"], []);
        var counts = LedgerFile.ReadRender(run.Output("ledger")).Templates.Single();
        Assert.Equal(1, counts.Contradictions);
        Assert.Equal(new SharedRow(1, 2), counts.ContradictingRows.Single());
    }

    [Fact]
    public void A_worse_completion_goes_with_rows_to_train_on_and_no_others()
    {
        using var run = new StageRun();
        Render(run, [s_ask with { Rejected = " not {{ intent }}" }], ["ask"], ["ask"], shots: true);
        Assert.Equal(" not b", ExampleFile.Read(run.Output("train")).First().Rejected);
        Assert.Equal(" not", ExampleFile.Read(run.Output("validation")).Single().Rejected![..4]);
        Assert.Null(ExampleFile.Read(run.Output("test")).Single().Rejected);
        Assert.All(ExampleFile.Read(run.Output("shots")), e => Assert.Null(e.Rejected));
    }

    [Theory]
    [InlineData(" {{ intent }}", "FT3411")]
    [InlineData("  ", "FT3403")]
    [InlineData(" {{ absent }}", "FT3401")]
    public void A_pair_with_nothing_to_tell_apart_is_an_error(string rejected, string code)
    {
        using var run = new StageRun();
        var found = Fails(run, s_ask with { Rejected = rejected });
        Assert.Contains(found, d => d.Code == code && d.KeyPath == "templates.ask.rejected" && d.Row == 1);
    }

    private static (string, string[])[] Inputs(StageRun run, Action<Row>? change = null)
    {
        string Rows(string name, params (string Text, string Intent)[] cells)
        {
            var rows = cells
                .Select(
                    (c, i) =>
                        new Row(
                            i + 1,
                            new JsonObject
                            {
                                ["text"] = c.Text,
                                ["intent"] = c.Intent,
                                ["nothing"] = null,
                            }
                        )
                )
                .ToList();
            rows.ForEach(r => change?.Invoke(r));
            return run.Rows(name, rows);
        }

        return
        [
            ("train", [Rows("train", ("hi", "b"), ("ho", "a"))]),
            ("validation", [Rows("validation", ("he", "b"))]),
            ("test", [Rows("test", ("ha", "a"))]),
        ];
    }

    private static void Render(
        StageRun run,
        TemplateSettings[] templates,
        string[] training,
        string[] evaluation,
        Action<Row>? change = null,
        bool shots = false
    ) => run.Run("render", new RenderSettings(templates, training, evaluation, shots), Inputs(run, change));

    private static IReadOnlyList<Diagnostic> Fails(StageRun run, TemplateSettings template) =>
        run.Fails(
            "render",
            new RenderSettings([template], ["ask"], ["ask"], false),
            Inputs(
                run,
                row =>
                {
                    row.Values["list"] = new JsonArray(new JsonObject());
                    if (row.Number == 1)
                    {
                        row.Values["rare"] = "x";
                    }
                }
            )
        );
}
