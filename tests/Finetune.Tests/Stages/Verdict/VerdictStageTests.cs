using System.Text.Json.Nodes;
using Finetune.Engine.Metrics;
using Finetune.Engine.Metrics.Predictions;
using Finetune.Engine.Metrics.Texts;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Gates;
using Finetune.Stages.Verdict;

namespace Finetune.Tests.Stages.Verdict;

public sealed class VerdictStageTests : IDisposable
{
    private static readonly string[] Labels = ["card_arrival", "lost_card", "top_up"];
    private readonly StageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Judges_contenders_on_the_same_rows()
    {
        var zero = InventedAnswers.AmongChoices(Labels, 120, 0.2, seed: 1);
        var tuned = InventedAnswers.AmongChoices(Labels, 120, 0.9, seed: 2);
        var verdict = VerdictFile.Read(await Judge(("zero_shot", zero), ("tuned", tuned)));

        Assert.Equal((120, 120), (verdict.Rows, verdict.Examples));
        var right = tuned.Count(a => a.Correct);
        Assert.Equal(right / 120.0, verdict.Contenders["tuned"].Metrics["accuracy"]);
        var interval = WilsonInterval.Of(right, 120);
        Assert.Equal(
            new IntervalRecord(interval.Low, interval.High),
            verdict.Contenders["tuned"].Intervals["accuracy"]
        );
        var pair = verdict.Pairs.Single(p => p.Metric == "accuracy");
        Assert.Equal(("zero_shot", "tuned", "better"), (pair.First, pair.Second, pair.Word));
        Assert.Equal((right - zero.Count(a => a.Correct)) / 120.0, pair.Difference, 12);
        Assert.Equal(right - zero.Count(a => a.Correct), pair.Fixed - pair.Broken);
        Assert.Equal(McNemarTest.ExactP(pair.Broken, pair.Fixed), pair.P);
        Assert.InRange(pair.Difference, pair.Low, pair.High);
        Assert.Equal(pair.Fixed, verdict.Flips.Single().Fixed.Count);
        Assert.Equal("better", verdict.Pairs.Single(p => p.Metric == "perplexity").Word);
        Assert.Equal(right, verdict.Contenders["tuned"].Labels!.Confusion.Select((row, i) => row[i]).Sum());
    }

    [Fact]
    public async Task Confidence_is_held_against_the_truth()
    {
        // Two choices; the one taken has probability 0.75 in every answer, and three of four are right.
        var answers = InventedAnswers
            .AmongChoices(["yes", "no"], 40, 1, seed: 1)
            .Select(a =>
            {
                var other = a.Reference == "yes" ? "no" : "yes";
                var taken = a.Row % 4 == 0 ? other : a.Reference;
                return a with
                {
                    Prediction = taken,
                    Correct = taken == a.Reference,
                    ChoiceLogProbs = new[] { "yes", "no" }.ToDictionary(
                        c => c,
                        c => -5 + Math.Log(c == taken ? 0.75 : 0.25)
                    ),
                };
            })
            .ToList();
        var calibration = VerdictFile.Read(await Judge(("tuned", answers))).Contenders["tuned"].Calibration!;

        Assert.Equal(0, calibration.Ece, 12);
        var figures = GateFigures.Of(VerdictFile.Read(await Judge(("tuned", answers))));
        Assert.Equal(0, figures["tuned.ece"], 12);
        Assert.Equal((0.75, 0.0), (figures["tuned.worst_wording"], figures["tuned.unanswered"]));
        Assert.Equal(
            VerdictFile.Read(await Judge(("tuned", answers))).Contenders["tuned"].Labels!.MacroF1,
            figures["tuned.macro_f1"]
        );
        Assert.False(figures.ContainsKey("tuned.stop_rate"));
        Assert.Equal(0.75 * 0.0625 + 0.25 * 0.5625, calibration.Brier, 12);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 40, 0, 0], calibration.Bins.Select(b => b.Answers));
        Assert.Equal(
            (0.75, 0.75),
            (calibration.Bins[7].Accuracy!.Value, Math.Round(calibration.Bins[7].Confidence!.Value, 12))
        );
        Assert.Null(calibration.Bins[0].Accuracy);
    }

    [Fact]
    public async Task Names_every_metric_for_gates()
    {
        var answers = InventedAnswers.AmongChoices(Labels, 30, 0.5, seed: 1);
        var path = await Judge(("zero_shot", answers), ("few_shot_4", answers), ("tuned", answers));

        Assert.Equal(
            [
                .. new[] { "zero_shot", "few_shot_4", "tuned" }.SelectMany(c =>
                    new[] { "accuracy", "exact_match", "token_accuracy", "perplexity" }.Select(m => $"{c}.{m}")
                ),
            ],
            VerdictFile.Metrics(VerdictFile.Read(path)).Keys
        );
        Assert.All(VerdictFile.Read(path).Pairs, p => Assert.Equal("not distinguishable", p.Word));
    }

    [Fact]
    public async Task Texts_that_are_right_in_part_are_measured_as_the_metrics_command_measures_them()
    {
        string[] references =
        [
            "the cat sat on the mat",
            "a dog barked all night\nand the owl answered",
            "heavy rain",
            "no, never",
        ];
        string?[] texts = ["the cat lay on a mat", "the dog barked at night\nthe owl answered", null, "No! Never."];
        List<Answer> Texts(Func<int, string?> text) =>
            [
                .. references.Select(
                    (reference, i) =>
                        new Answer(
                            i + 1,
                            "ask",
                            "?",
                            reference,
                            text(i),
                            false,
                            9,
                            text(i) is null ? null : -1,
                            3,
                            1,
                            "eos",
                            null
                        )
                ),
            ];
        string[] names = ["f1", "rouge1", "rouge2", "rougeL", "rougeLsum", "chrf"];
        var verdict = VerdictFile.Read(
            await Judge(
                new VerdictSettings(["zero_shot", "tuned"], names),
                ("zero_shot", Texts(i => texts[i])),
                ("tuned", Texts(i => references[i]))
            )
        );

        double Wanted(string metric, string key, params string[] path)
        {
            var score = PredictionMetrics.All.Single(m => m.Name == metric).Start();
            for (var i = 0; i < references.Length; i++)
            {
                score.Add(texts[i] ?? "", [references[i]]);
            }

            return (double)path.Aggregate(score.Result()!, (node, name) => node[name]!)[key]!;
        }

        var found = verdict.Contenders["zero_shot"].Metrics;
        Assert.Equal(Wanted("squad", "f1"), found["f1"]!.Value, 12);
        Assert.All(names[1..5], name => Assert.Equal(Wanted("rouge", "f", "plain", name), found[name]!.Value, 12));
        var single = references
            .Zip(texts)
            .Average(pair =>
            {
                var chrf = new Chrf(new ChrfOptions());
                chrf.Add(pair.Second ?? "", [pair.First]);
                return pair.Second is null ? 0 : chrf.Score() / 100;
            });
        Assert.Equal(single, found["chrf"]!.Value, 12);
        Assert.All(names, name => Assert.Equal(1, verdict.Contenders["tuned"].Metrics[name]!.Value, 12));
        Assert.All(
            verdict.Contenders["zero_shot"].Intervals.Where(i => names.Contains(i.Key)),
            i =>
                Assert.True(
                    i.Value.Low >= 0 && i.Value.High <= 1 && i.Value.Low < found[i.Key] && found[i.Key] < i.Value.High
                )
        );
        Assert.Equal(names, verdict.Pairs.Select(pair => pair.Metric));
        Assert.StartsWith(
            "Tuned reaches 100 % F1 on 4 rows, zero-shot ",
            VerdictSentence.Of(verdict),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_same_answers_leave_room_for_a_difference_not_seen()
    {
        var answers = InventedAnswers.AmongChoices(Labels, 30, 0.5, seed: 1);
        var pair = VerdictFile.Read(await Judge(("zero_shot", answers), ("tuned", answers))).Pairs[0];

        Assert.Equal((0, 0, 0, 1.0), (pair.Difference, pair.Fixed, pair.Broken, pair.P));
        Assert.True(pair.Low < -0.05 && pair.High > 0.05);
    }

    [Fact]
    public async Task Wordings_of_a_row_are_one_observation()
    {
        string[] templates = ["ask", "terse"];
        var zero = InventedAnswers.AmongChoices(Labels, 40, 0.5, seed: 1);
        var tuned = InventedAnswers.AmongChoices(Labels, 40, 0.7, seed: 2);
        IReadOnlyList<Answer> Twice(IReadOnlyList<Answer> once) =>
            [.. once.SelectMany(a => templates.Select(t => a with { Template = t }))];
        var one = VerdictFile.Read(await Judge(("zero_shot", zero), ("tuned", tuned)));
        var two = VerdictFile.Read(await Judge(("zero_shot", Twice(zero)), ("tuned", Twice(tuned))));

        Assert.Equal((40, 80), (two.Rows, two.Examples));
        Assert.Equal(templates, two.Templates);
        Assert.Equal(
            (one.Pairs[0].Low, one.Pairs[0].High, one.Pairs[0].P),
            (two.Pairs[0].Low, two.Pairs[0].High, two.Pairs[0].P)
        );
        Assert.Equal(
            one.Contenders["tuned"].Intervals["accuracy"].Low,
            two.Contenders["tuned"].Intervals["accuracy"].Low,
            12
        );
        Assert.Equal(2 * one.Pairs[0].Fixed, two.Pairs[0].Fixed);
    }

    [Fact]
    public async Task Prompts_that_did_not_fit_are_wrong_and_counted()
    {
        var answers = InventedAnswers.AmongChoices(Labels, 30, 1, seed: 1).ToList();
        answers[3] = answers[3] with
        {
            Prediction = null,
            Correct = false,
            LogProb = null,
            LabelTokens = 0,
            LabelTokensRight = 0,
            ChoiceLogProbs = null,
        };
        var few = VerdictFile.Read(await Judge(("few_shot_4", answers))).Contenders["few_shot_4"];

        Assert.Equal((29, 1, 29 / 30.0), (few.Correct, few.Unanswered, few.Metrics["accuracy"]));
        Assert.Equal(1, few.Metrics["token_accuracy"]);
        Assert.Contains(LabelVerdict.NoAnswer, few.Labels!.Names);
        Assert.NotNull(few.Metrics["perplexity"]);
    }

    [Fact]
    public async Task Unlike_rows_are_refused()
    {
        var zero = InventedAnswers.AmongChoices(Labels, 30, 0.5, seed: 1);
        var tuned = zero.ToList();
        tuned[4] = tuned[4] with { Row = 99 };

        var refused = await Assert.ThrowsAsync<PipelineException>(() => Judge(("zero_shot", zero), ("tuned", tuned)));
        Assert.Equal(ExitCode.StepFailed, refused.ExitCode);
        Assert.Equal("FT8201", refused.Diagnostics[0].Code);
        Assert.Contains("answer 5 of zero_shot is row 5", refused.Message, StringComparison.Ordinal);

        refused = await Assert.ThrowsAsync<PipelineException>(() =>
            Judge(("zero_shot", zero), ("tuned", [.. zero.SkipLast(1)]))
        );
        Assert.Contains("30 answers, tuned 29", refused.Message, StringComparison.Ordinal);

        refused = await Assert.ThrowsAsync<PipelineException>(() => Judge(("zero_shot", [])));
        Assert.Equal("FT8202", refused.Diagnostics[0].Code);
    }

    [Fact]
    public async Task Free_text_tells_why_it_stopped_and_has_no_confusion()
    {
        var answers = InventedAnswers
            .AmongChoices(Labels, 30, 0.5, seed: 1)
            .Select((a, i) => a with { ChoiceLogProbs = null, Stop = i % 3 == 0 ? "length" : "eos" })
            .ToList();
        var tuned = VerdictFile.Read(await Judge(("tuned", answers))).Contenders["tuned"];

        Assert.Null(tuned.Labels);
        Assert.Equal((20, 10), (tuned.Stops!["eos"], tuned.Stops["length"]));
        var figures = GateFigures.Of(VerdictFile.Read(await Judge(("tuned", answers))));
        Assert.Equal(20 / 30.0, figures["tuned.stop_rate"], 12);
        Assert.False(figures.ContainsKey("tuned.ece"));
    }

    [Fact]
    public async Task Writes_the_same_bytes_again()
    {
        var answers = InventedAnswers.AmongChoices(Labels, 30, 0.5, seed: 1);
        var first = await File.ReadAllBytesAsync(await Judge(("zero_shot", answers), ("tuned", answers)));

        Assert.Equal(first, await File.ReadAllBytesAsync(await Judge(("zero_shot", answers), ("tuned", answers))));
    }

    [Fact]
    public async Task Groups_of_rows_are_judged_by_themselves()
    {
        // Right on the short rows of one channel alone.
        var zero = InventedAnswers.AmongChoices(Labels, 80, 0.3, seed: 1);
        var tuned = zero.Select(a => a.Row % 4 < 2 ? a with { Prediction = a.Reference, Correct = true } : a).ToList();
        using (var rows = RowFile.Create(_bench.Input("rows", ".jsonl")))
        {
            foreach (var row in zero.Select(a => a.Row))
            {
                var text = new string('x', row % 4 < 2 ? 10 + (int)(row % 2) : 50);
                rows.Write(
                    new Row(
                        row,
                        new JsonObject
                        {
                            ["channel"] = row % 4 < 2 ? "app" : null,
                            ["text"] = text,
                            ["id"] = row,
                        }
                    )
                );
            }
        }

        var verdict = VerdictFile.Read(
            await Judge(
                new VerdictSettings(["zero_shot", "tuned"], ["accuracy"])
                {
                    Slices = [new("channel", false), new("text", true), new("id", false)],
                },
                ("zero_shot", zero),
                ("tuned", tuned)
            )
        );

        var (channel, length, id) = (verdict.Slices![0], verdict.Slices[1], verdict.Slices[2]);
        Assert.Equal(["(none)", "app"], channel.Groups.Select(g => g.Name).Order(StringComparer.Ordinal));
        var app = channel.Groups.Single(g => g.Name == "app");
        Assert.Equal((40, 40, 1.0), (app.Rows, app.Contenders["tuned"].Correct, app.Contenders["tuned"].Accuracy));
        var missed = zero.Count(a => a.Row % 4 < 2 && !a.Correct);
        Assert.Equal((missed, 0, "better"), (app.Pair!.Fixed, app.Pair.Broken, app.Pair.Word));
        Assert.Equal(Math.Min(1, 2 * app.Pair.P), app.Pair.AdjustedP, 12);
        var other = channel.Groups.Single(g => g.Name == "(none)");
        Assert.Equal((0, 0, "not distinguishable"), (other.Pair!.Fixed, other.Pair.Broken, other.Pair.Word));

        // Half the rows have one length, and stay in one group.
        Assert.Equal(["10 characters", "11 characters", "50 characters"], length.Groups.Select(g => g.Name));
        Assert.Equal([20, 20, 40], length.Groups.Select(g => g.Rows));
        Assert.Equal(25, id.Groups.Count);
        Assert.Equal(("(56 others)", 56), (id.Groups[^1].Name, id.Groups[^1].Rows));
        Assert.Equal(80, id.Groups.Sum(g => g.Rows));
    }

    [Fact]
    public async Task Further_right_answers_count_as_right_in_every_metric()
    {
        Answer Said(long row, string? text) =>
            new(row, "ask", "Capital?", "Oslo", text, text == "Oslo", 4, -1, 1, 1, "eos", null)
            {
                Accept = ["Christiania", "the city of Oslo"],
            };
        List<Answer> answers =
        [
            Said(1, "Oslo"),
            Said(2, "Christiania"),
            Said(3, "the city of Oslo"),
            Said(4, "Bergen"),
        ];
        answers[1] = answers[1] with { Correct = true };
        answers[2] = answers[2] with { Correct = true };
        var tuned = VerdictFile
            .Read(
                await Judge(
                    new VerdictSettings(["tuned"], ["accuracy", "exact_match", "f1", "rouge1", "chrf"]),
                    ("tuned", answers)
                )
            )
            .Contenders["tuned"];

        Assert.Equal(3, tuned.Correct);
        Assert.All(
            new[] { "accuracy", "exact_match", "f1", "rouge1" },
            metric => Assert.Equal(0.75, tuned.Metrics[metric]!.Value, 12)
        );
        Assert.InRange(tuned.Metrics["chrf"]!.Value, 0.75, 0.85);
    }

    [Fact]
    public async Task Metrics_of_ones_own_are_judged_like_any_other()
    {
        var zero = InventedAnswers.AmongChoices(Labels, 60, 0.3, seed: 1);
        var tuned = InventedAnswers.AmongChoices(Labels, 60, 0.9, seed: 2);
        using (var rows = RowFile.Create(_bench.Input("rows", ".jsonl")))
        {
            foreach (var answer in zero)
            {
                rows.Write(new Row(answer.Row, new JsonObject { ["wanted"] = answer.Reference }));
            }
        }

        var settings = new VerdictSettings(["zero_shot", "tuned"], ["half_right", "accuracy"])
        {
            Own = new Dictionary<string, string> { ["half_right"] = "if prediction == wanted; 0.5; else; 0; end" },
        };
        var verdict = VerdictFile.Read(await Judge(settings, ("zero_shot", zero), ("tuned", tuned)));

        Assert.Equal(tuned.Count(a => a.Correct) / 120.0, verdict.Contenders["tuned"].Metrics["half_right"]!.Value, 12);
        var pair = verdict.Pairs.Single(p => p.Metric == "half_right");
        Assert.Equal("better", pair.Word);
        Assert.True(GateFigures.Of(verdict)["(tuned.half_right - zero_shot.half_right).low"] > 0);
        Assert.StartsWith("Tuned reaches ", VerdictSentence.Of(verdict), StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<PipelineException>(() =>
            Judge(
                settings with
                {
                    Own = new Dictionary<string, string> { ["half_right"] = "wanted.size" },
                },
                ("zero_shot", zero),
                ("tuned", tuned)
            )
        );
        Assert.Equal("FT8203", refused.Diagnostics[0].Code);
        Assert.StartsWith(
            "the metric 'half_right' fails on row 1: it is '",
            refused.Diagnostics[0].Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_difference_is_held_against_what_seeds_make_of_it()
    {
        var zero = InventedAnswers.AmongChoices(Labels, 200, 0.3, seed: 1);
        var lucky = InventedAnswers.AmongChoices(Labels, 200, 0.75, seed: 2);
        var unlucky = InventedAnswers.AmongChoices(Labels, 200, 0.1, seed: 3);
        var steady = InventedAnswers.AmongChoices(Labels, 200, 0.75, seed: 4);

        var torn = (await JudgeSeeds(zero, lucky, unlucky)).Seeds!;
        var firm = (await JudgeSeeds(zero, lucky, steady)).Seeds!;

        var (first, second) = (Share(lucky) - Share(zero), Share(unlucky) - Share(zero));
        var difference = torn.Differences.Single();
        Assert.Equal([Math.Round(first, 12), Math.Round(second, 12)], difference.Values.Select(v => Math.Round(v, 12)));
        Assert.Equal((first + second) / 2, difference.Mean, 12);
        Assert.Equal(Math.Abs(first - second) / Math.Sqrt(2), difference.Deviation, 12);
        Assert.Equal("not distinguishable", difference.Word);
        Assert.Equal("better", firm.Differences.Single().Word);
        Assert.Equal((Share(lucky) + Share(steady)) / 2, firm.Metrics.Single().Mean!.Value, 12);
        Assert.InRange(
            firm.Metrics.Single().Mean!.Value,
            firm.Metrics.Single().Low!.Value,
            firm.Metrics.Single().High!.Value
        );
        Assert.Equal([11L, 12L], firm.Seeds);

        static double Share(IReadOnlyList<Answer> answers) => Math.Round(answers.Count(a => a.Correct) / 200.0, 12);
    }

    [Fact]
    public async Task Gates_and_notes_speak_of_seeds_and_of_what_was_forgotten()
    {
        var zero = InventedAnswers.AmongChoices(Labels, 200, 0.4, seed: 1);
        var tuned = InventedAnswers.AmongChoices(Labels, 200, 0.9, seed: 2);
        var again = InventedAnswers.AmongChoices(Labels, 200, 0.9, seed: 3);
        var knew = InventedAnswers.AmongChoices(["yes", "no"], 90, 0.9, seed: 4);
        var knows = InventedAnswers.AmongChoices(["yes", "no"], 90, 0.4, seed: 5);
        InventedAnswers.Write(_bench.Input("general.zero_shot", ".jsonl"), knew);
        InventedAnswers.Write(_bench.Input("general.tuned", ".jsonl"), knows);
        InventedAnswers.Write(_bench.Input("predictions.tuned.seed_12", ".jsonl"), again);
        var verdict = VerdictFile.Read(
            await Judge(
                new VerdictSettings(["zero_shot", "tuned"], ["accuracy"]) { Seeds = [11, 12], General = "trivia" },
                ("zero_shot", zero),
                ("tuned", tuned)
            )
        );
        var figures = GateFigures.Of(verdict);

        Assert.Equal(90, verdict.General!.Rows);
        Assert.Equal(knows.Count(a => a.Correct) / 90.0, figures["tuned.general"], 12);
        Assert.True(figures["(tuned.general - zero_shot.general).high"] < 0);
        Assert.Equal(
            (tuned.Count(a => a.Correct) + again.Count(a => a.Correct)) / 400.0,
            figures["tuned_seeds.accuracy"],
            12
        );
        Assert.True(figures["(tuned_seeds.accuracy - zero_shot.accuracy).low"] > 0);
        Assert.Equal(
            -figures["(tuned_seeds.accuracy - zero_shot.accuracy).low"],
            figures["(zero_shot.accuracy - tuned_seeds.accuracy).high"]
        );
        var notes = VerdictNotes.Of(verdict);
        Assert.Equal(["better", "worse"], notes.Select(n => n.Word));
        Assert.StartsWith("over 2 seeds +", notes[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("better than zero-shot, whichever the seed", notes[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("on trivia (90 rows) accuracy ", notes[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("it forgot", notes[1].Text, StringComparison.Ordinal);
    }

    private async Task<VerdictRecord> JudgeSeeds(
        IReadOnlyList<Answer> zero,
        IReadOnlyList<Answer> first,
        IReadOnlyList<Answer> second
    )
    {
        InventedAnswers.Write(_bench.Input("predictions.tuned.seed_12", ".jsonl"), second);
        return VerdictFile.Read(
            await Judge(
                new VerdictSettings(["zero_shot", "tuned"], ["accuracy"]) { Seeds = [11, 12] },
                ("zero_shot", zero),
                ("tuned", first)
            )
        );
    }

    private Task<string> Judge(params (string Name, IReadOnlyList<Answer> Answers)[] contenders) =>
        Judge(new VerdictSettings([.. contenders.Select(c => c.Name)], MetricNames.Usual), contenders);

    private async Task<string> Judge(
        VerdictSettings settings,
        params (string Name, IReadOnlyList<Answer> Answers)[] contenders
    )
    {
        foreach (var (name, answers) in contenders)
        {
            InventedAnswers.Write(_bench.Input($"predictions.{name}", ".jsonl"), answers);
            var summary =
                answers.Count == 0 ? new(name, 0, 0, 0, 0, 512, 0, [], true) : InventedAnswers.Summary(name, answers);
            SummaryFile.Write(_bench.Input($"summary.{name}", ".json"), summary);
        }

        return (await _bench.RunAsync(new VerdictStage(), StageJson.ToJson(settings)))["verdict"];
    }
}
