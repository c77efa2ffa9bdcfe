using System.IO.Compression;
using System.Text.Json.Nodes;
using CsCheck;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Explorer;
using Finetune.Stages.Verdict;

namespace Finetune.Tests.Stages.Report;

/// <summary>The rows that a report carries along.</summary>
public sealed class ExplorerTests : IDisposable
{
    private readonly StageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Prompts_as_sent_are_put_together_again()
    {
        string[] pieces = ["a", "b", "\n", " ", "é", "😀", "😁", "\ud83d"];
        var texts = Gen.Int[0, pieces.Length - 1]
            .Array[0, 12]
            .Select(places => string.Concat(places.Select(p => pieces[p])));
        Gen.Select(texts, texts)
            .Sample(
                (first, second) =>
                {
                    var rows = new ExplorerRows(null);
                    var row = rows.Of([Answer(first), Answer(second)]);
                    Assert.Equal([first, second], row.Answers.Select(a => Sent(row, a, rows.Texts.Inserts)));
                }
            );
    }

    [Fact]
    public void Examples_that_repeat_stand_once()
    {
        var rows = new ExplorerRows(null);
        foreach (var i in Enumerable.Range(0, 5))
        {
            rows.Of([Answer($"Question {i}?"), Answer($"Q: x\nA: y\n\nQuestion {i}?")]);
        }

        Assert.Equal(["Q: x\nA: y\n\n"], rows.Texts.Inserts);
    }

    [Fact]
    public void Choices_are_given_by_probability_with_the_right_one_and_the_one_taken()
    {
        var names = Enumerable.Range(0, 9).Select(i => $"c{i}").ToList();
        var rows = new ExplorerRows(null);
        var answer = Answer("p") with
        {
            Reference = "c8",
            Prediction = "c7",
            ChoiceLogProbs = names.ToDictionary(n => n, n => Math.Log(0.5) * names.IndexOf(n)),
        };
        var pairs = rows.Of([answer]).Answers[0].Likeliest!.Chunk(2).ToList();

        Assert.Equal(["c0", "c1", "c2", "c3", "c4", "c7", "c8"], pairs.Select(p => rows.Texts.Choices[(int)p[0]]));
        Assert.Equal(Math.Round(1 / (2 - Math.Pow(2, -8)), 4), pairs[0][1]);
        Assert.Equal(Math.Round(1 / (2 - Math.Pow(2, -8)) / 128, 4), pairs[5][1]);
    }

    [Theory]
    [InlineData(10, 90, 100, 10, 90)]
    [InlineData(10, 90, 30, 10, 20)]
    [InlineData(50, 50, 20, 20, 0)]
    [InlineData(0, 7, 3, 0, 3)]
    [InlineData(3, 0, 9, 3, 0)]
    public void A_quota_takes_changed_rows_before_others_and_spreads_them(
        int changed,
        int others,
        int most,
        int takesChanged,
        int takesOthers
    )
    {
        var quota = new RowQuota(changed, others, most);
        var fromChanged = Enumerable.Range(0, changed).Where(_ => quota.Takes(true)).ToList();
        var fromOthers = Enumerable.Range(0, others).Where(_ => quota.Takes(false)).ToList();

        Assert.Equal((takesChanged, takesOthers), (fromChanged.Count, fromOthers.Count));
        var gaps = fromOthers.Zip(fromOthers.Skip(1), (a, b) => b - a).ToList();
        Assert.True(gaps.Count == 0 || gaps.Max() - gaps.Min() <= 1);
    }

    [Fact]
    public async Task What_does_not_fit_is_left_out_and_counted()
    {
        string[] labels = ["yes", "no"];
        var zero = InventedAnswers.AmongChoices(labels, 400, 0.5, 1);
        var tuned = InventedAnswers.AmongChoices(labels, 400, 0.6, 2);
        var paths = new List<(string, string)>();
        foreach (var (name, answers) in new[] { ("zero_shot", zero), ("tuned", tuned) })
        {
            InventedAnswers.Write(_bench.Input($"predictions.{name}", ".jsonl"), answers);
            SummaryFile.Write(_bench.Input($"summary.{name}", ".json"), InventedAnswers.Summary(name, answers));
            paths.Add((name, _bench.Inputs[$"predictions.{name}"][0]));
        }

        var judged = await _bench.RunAsync(
            new VerdictStage(),
            StageJson.ToJson(new VerdictSettings(["zero_shot", "tuned"], ["accuracy"]))
        );
        var verdict = VerdictFile.Read(judged["verdict"]);
        var all = ExplorerBlock.Read(paths, verdict);
        var some = ExplorerBlock.Read(paths, verdict, all.Text.Length * 3 / 4);

        Assert.Equal((400, 400), (all.Shown, all.All));
        Assert.InRange(some.Shown, 200, 320);
        Assert.Equal(400, some.All);
        Assert.True(some.Text.Length <= all.Text.Length * 3 / 4);
        var rows = Unpacked(some)["rows"]!.AsArray();
        var changed = verdict.Flips[0].Fixed.Concat(verdict.Flips[0].Broken).Select(p => p.Row).ToList();
        Assert.Equal(some.Shown, rows.Count);
        Assert.Subset(rows.Select(r => (long)r!["row"]!).ToHashSet(), changed.ToHashSet());
        Assert.Equal(rows.Select(r => (long)r!["row"]!).Order(), rows.Select(r => (long)r!["row"]!));
    }

    private static Answer Answer(string prompt) =>
        new(1, "ask", prompt, "a", "b", false, 3, -1, 1, 0, null, null, [new("a", -1.25)]);

    private static string Sent(ExplorerRow row, ExplorerAnswer answer, IReadOnlyList<string> inserts) =>
        answer.Insert is [var before, var after, var insert]
            ? row.Prompt[..before] + inserts[insert] + row.Prompt[^after..]
            : row.Prompt;

    private static JsonNode Unpacked(ExplorerBlock block)
    {
        using var packed = new MemoryStream(Convert.FromBase64String(block.Text));
        using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        return JsonNode.Parse(gzip)!;
    }
}
