using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report;
using Finetune.Stages.Verdict;

namespace Finetune.Tests.Stages.Verdict;

public sealed class RunComparerTests : IDisposable
{
    private static readonly string[] Labels = ["card_arrival", "lost_card", "top_up"];
    private readonly StageBench _bench = new();
    private int _files;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Runs_are_paired_on_rows_of_the_same_content()
    {
        var answers = InventedAnswers.AmongChoices(Labels, 60, 0.5, seed: 1);
        var better = InventedAnswers.AmongChoices(Labels, 60, 0.9, seed: 2);

        // In the second run twenty other rows stand before, and the last ten are gone: all numbers differ.
        IReadOnlyList<Answer> moved =
        [
            .. InventedAnswers.AmongChoices(Labels, 20, 0.5, seed: 3).Select(a => a with { Row = a.Row }),
            .. better.Take(50).Select(a => a with { Row = a.Row + 20 }),
        ];
        var first = await Run("one", answers, i => $"text {i}", """{"seed":1,"training":[{"epochs":1}]}""");
        var second = await Run(
            "two",
            moved,
            i => i <= 20 ? $"other {i}" : $"text {i - 20}",
            """{"seed":1,"training":[{"epochs":3},{"name":"b"}]}"""
        );

        var comparison = RunComparer.Compare([first, second]);

        Assert.Equal(
            [new("training[0].epochs", ["1", "3"]), new DifferingSetting("training[1].name", [null, "\"b\""])],
            comparison.Settings!,
            (a, b) => a.Path == b.Path && a.Values.SequenceEqual(b.Values)
        );
        var test = comparison.Data.Single(s => s.Name == "test");
        Assert.Equal([60, 70], test.Rows);
        Assert.Equal([60, 50], test.Shared);
        var accuracy = comparison.Metrics.Single(m => m.Metric == "accuracy");
        Assert.Equal(50, accuracy.SharedRows[1]);
        var pair = accuracy.Pairs[1]!;
        Assert.Null(accuracy.Pairs[0]);
        var gained = better.Take(50).Count(a => a.Correct) - answers.Take(50).Count(a => a.Correct);
        Assert.Equal((gained / 50.0, "better"), (Math.Round(pair.Difference, 12), pair.Word));
        Assert.Equal(answers.Count(a => a.Correct) / 60.0, accuracy.Values[0]);
        Assert.Equal([false, false], accuracy.SameAnswers);
    }

    [Fact]
    public async Task The_same_answers_are_told_and_other_rows_are_not_paired()
    {
        var answers = InventedAnswers.AmongChoices(Labels, 40, 0.5, seed: 1);
        var first = await Run("one", answers, i => $"text {i}", null);
        var same = await Run("two", answers, i => $"text {i}", "{}");
        var other = await Run("three", answers, i => $"other {i}", "{}");

        var comparison = RunComparer.Compare([first, same, other]);

        Assert.Null(comparison.Settings);
        var accuracy = comparison.Metrics[0];
        Assert.Equal([0, 40, 0], accuracy.SharedRows);
        Assert.Equal([false, true, false], accuracy.SameAnswers);
        Assert.Null(accuracy.Pairs[2]);
    }

    [Fact]
    public async Task What_a_user_wrote_is_no_markup_on_the_page()
    {
        const string Script = "<script>alert(1)</script>";
        var answers = InventedAnswers.AmongChoices(Labels, 30, 0.5, seed: 1);
        var first = await Run(Script, answers, i => $"text {i}", """{"name":"a"}""");
        var second = await Run("two", answers, i => $"text {i}", $$"""{"name":"{{Script}}","<b>":1}""");

        var page = ComparisonPage.Write(RunComparer.Compare([first, second]));

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("the same answers", page, StringComparison.Ordinal);
    }

    private async Task<ComparedRun> Run(
        string id,
        IReadOnlyList<Answer> answers,
        Func<long, string> text,
        string? settings
    )
    {
        var number = _files++;
        var predictions = _bench.Input("predictions.tuned", $".{number}.jsonl");
        InventedAnswers.Write(predictions, answers);
        SummaryFile.Write(_bench.Input("summary.tuned", ".json"), InventedAnswers.Summary("tuned", answers));
        var judged = await _bench.RunAsync(
            new VerdictStage(),
            StageJson.ToJson(new VerdictSettings(["tuned"], ["accuracy", "perplexity"]))
        );
        var verdict = VerdictFile.Read(judged["verdict"]);
        var rows = Path.Combine(Path.GetDirectoryName(predictions)!, $"test.{number}.jsonl");
        using (var writer = RowFile.Create(rows))
        {
            foreach (var row in answers.Select(a => a.Row).Distinct())
            {
                writer.Write(new Row(row, new JsonObject { ["text"] = text(row) }));
            }
        }

        return new ComparedRun(
            id,
            id,
            1,
            settings is null ? null : JsonNode.Parse(settings)!.AsObject(),
            verdict,
            new Dictionary<string, string> { ["test"] = rows },
            new Dictionary<string, string> { ["tuned"] = predictions }
        );
    }
}
