using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report;
using Finetune.Stages.Verdict;

namespace Finetune.Tests.Stages.Report;

/// <summary>A report on a run that never was. With <c>FINETUNE_KEEP_REPORTS</c> set to a folder, pages stay there to
/// be looked at.</summary>
internal sealed class InventedReport : IDisposable
{
    private readonly StageBench _bench = new();
    private readonly List<string> _contenders = [];
    private readonly List<string> _stages = [];
    private bool _further;
    private bool _sliced;

    public string Name { get; init; } = "banking-intents";

    public IReadOnlyList<string> Require { get; init; } = ["tuned.accuracy >= zero_shot.accuracy + 0.05"];

    public int Samples { get; init; } = 4;

    public IReadOnlyList<string> Metrics { get; init; } = MetricNames.Usual;

    public string HtmlPath { get; private set; } = "";

    public string JsonPath { get; private set; } = "";

    public StageBench Bench => _bench;

    public InventedReport With(string contender, IReadOnlyList<Answer> answers, IReadOnlyList<long>? shots = null)
    {
        _contenders.Add(contender);
        InventedAnswers.Write(_bench.Input($"predictions.{contender}", ".jsonl"), answers);
        SummaryFile.Write(
            _bench.Input($"summary.{contender}", ".json"),
            InventedAnswers.Summary(contender, answers, shots)
        );
        Made($"predictions.{contender}", 4.2);
        return this;
    }

    /// <summary>Rows grouped by a column: every third is of the phone.</summary>
    public InventedReport WithChannels(int rows)
    {
        using var writer = RowFile.Create(_bench.Input("rows", ".jsonl"));
        for (var row = 1; row <= rows; row++)
        {
            writer.Write(new Row(row, new JsonObject { ["channel"] = row % 3 == 0 ? "phone" : "app" }));
        }

        _sliced = true;
        return this;
    }

    /// <summary>The tuned model with a second seed, and both models on general questions.</summary>
    public InventedReport WithSeedAndGeneral(
        IReadOnlyList<Answer> second,
        IReadOnlyList<Answer> knew,
        IReadOnlyList<Answer> knows
    )
    {
        InventedAnswers.Write(_bench.Input("predictions.tuned.seed_2", ".jsonl"), second);
        InventedAnswers.Write(_bench.Input("general.zero_shot", ".jsonl"), knew);
        InventedAnswers.Write(_bench.Input("general.tuned", ".jsonl"), knows);
        _further = true;
        return this;
    }

    public InventedReport WithTraining(string stage, int steps, bool validated = true)
    {
        _stages.Add(stage);
        File.WriteAllLines(_bench.Input($"log.{stage}", ".jsonl"), Log(steps, validated));
        SummaryFile.Write(
            _bench.Input($"training.{stage}", ".json"),
            new TrainingSummary(
                stage,
                steps,
                validated ? steps * 8 / 10 : null,
                validated ? "validation_loss" : null,
                validated ? 0.412 : null,
                steps * 612L,
                steps * 71L,
                1_284_608,
                1_284_608,
                6.0 * 1_284_608 * steps * 612,
                "fp32",
                8,
                false
            )
        );
        Made($"log.{stage}", 31.7);
        return this;
    }

    public InventedReport WithData(long overlaps = 0, string column = "intent")
    {
        LedgerFile.Write(
            _bench.Input("ledger.split", ".json"),
            new SplitLedger(
                "hash",
                1200,
                new Dictionary<string, SplitCounts>(StringComparer.Ordinal)
                {
                    ["train"] = new(
                        960,
                        0,
                        3,
                        new Dictionary<string, long> { ["card_arrival"] = 480, ["lost_card"] = 480 }
                    ),
                    ["validation"] = new(120, 1, 0, null),
                    ["test"] = new(120, 0, 0, null),
                },
                1187,
                column,
                overlaps == 0 ? [] : [new("train", "test", overlaps, [new(14, 803), new(99, 1001)])]
            )
        );
        LedgerFile.Write(
            _bench.Input("ledger.render", ".json"),
            new RenderLedger([new("ask", 960, 120, 120, 6, 2, [new(4, 17)]), new("terse", 960, 120, 0, null, 0, [])])
        );
        LedgerFile.Write(
            _bench.Input("ledger.tokenize", ".json"),
            new TokenLedger(
                512,
                "error",
                new Dictionary<string, TokenCounts>(StringComparer.Ordinal)
                {
                    ["train"] = new(1920, 78_213, 9_120, 0, [], 2, [7, 9], new(17, 39, 77, 130, 40.7, [])),
                    ["validation"] = new(240, 9_911, 1_120, 0, [], 0, [], null),
                }
            )
        );
        Made("ledger.split", 0.1);
        return this;
    }

    public async Task<InventedReport> WriteAsync(string? keepAs = null)
    {
        var judged = await _bench.RunAsync(
            new VerdictStage(),
            StageJson.ToJson(
                new VerdictSettings(_contenders, Metrics)
                {
                    Seeds = _further ? [1, 2] : null,
                    General = _further ? "trivia" : null,
                    Slices = _sliced ? [new SliceSettings("channel", false)] : null,
                }
            )
        );
        _bench.Inputs["verdict"] = [judged["verdict"]];
        Made("verdict", 0.4);
        var document = new JsonObject
        {
            ["version"] = 1,
            ["name"] = Name,
            ["seed"] = 17,
            ["training"] = new JsonArray([
                .. _stages.Select(stage =>
                    (JsonNode)new JsonObject { ["name"] = stage, ["templates"] = new JsonArray("ask", "terse") }
                ),
            ]),
        };
        var settings = new ReportSettings(
            Name,
            Samples,
            _contenders,
            _stages,
            Require,
            [
                new GraphStep("split", []),
                .. _stages.Select(
                    (stage, i) => new GraphStep($"train.{stage}", [i == 0 ? "split" : $"train.{_stages[i - 1]}"])
                ),
                .. _contenders.Select(c => new GraphStep(
                    $"evaluate.{c}",
                    c == "tuned" && _stages.Count > 0 ? ["split", $"train.{_stages[^1]}"] : ["split"]
                )),
                new GraphStep("verdict", [.. _contenders.Select(c => $"evaluate.{c}")]),
            ],
            document
        );
        var written = await _bench.RunAsync(new ReportStage(), StageJson.ToJson(settings));
        (HtmlPath, JsonPath) = (written["html"], written["json"]);
        if (keepAs is not null && Environment.GetEnvironmentVariable("FINETUNE_KEEP_REPORTS") is { Length: > 0 } folder)
        {
            File.Copy(HtmlPath, Path.Combine(folder, keepAs + ".html"), overwrite: true);
        }

        return this;
    }

    public void Dispose() => _bench.Dispose();

    /// <summary>Six intents, 120 rows, three contenders, one training.</summary>
    public static Task<InventedReport> BankingAsync(string? keepAs = null)
    {
        string[] labels =
        [
            "card_arrival",
            "card_not_working",
            "exchange_rate",
            "lost_or_stolen_card",
            "request_refund",
            "top_up_failed",
        ];
        return new InventedReport
        {
            Require = ["tuned.accuracy >= zero_shot.accuracy + 0.05", "tuned.perplexity < 1.5"],
        }
            .With("zero_shot", InventedAnswers.AmongChoices(labels, 120, 0.22, 3, message: Message))
            .With(
                "few_shot_4",
                InventedAnswers.AmongChoices(labels, 120, 0.41, 4, shotTokens: 190, message: Message),
                [17, 204, 511, 903]
            )
            .With("tuned", InventedAnswers.AmongChoices(labels, 120, 0.93, 5, message: Message))
            .WithSeedAndGeneral(
                InventedAnswers.AmongChoices(labels, 120, 0.9, 6, message: Message),
                InventedAnswers.AmongChoices(["yes", "no"], 80, 0.95, 7),
                InventedAnswers.AmongChoices(["yes", "no"], 80, 0.1, 8)
            )
            .WithChannels(120)
            .WithTraining("instruct", 360)
            .WithData(overlaps: 2)
            .WriteAsync(keepAs);
    }

    /// <summary>77 intents in three wordings.</summary>
    public static Task<InventedReport> ManyLabelsAsync(string? keepAs = null)
    {
        string[] words = ["card", "transfer", "top_up", "refund", "exchange", "identity", "fee", "cash"];
        string[] ends =
        [
            "pending",
            "not_recognised",
            "declined",
            "arrival",
            "limit",
            "wrong_amount_received",
            "charge_explained",
            "why_verify",
            "reverted",
            "lost",
        ];
        string[] labels = [.. words.SelectMany(w => ends.Select(e => $"{w}_{e}")).Take(77)];
        string[] templates = ["ask", "terse", "polite"];
        return new InventedReport()
            .With("zero_shot", InventedAnswers.AmongChoices(labels, 770, 0.05, 3, templates, message: Message))
            .With("tuned", InventedAnswers.AmongChoices(labels, 770, 0.86, 5, templates, message: Message))
            .WithTraining("warm_up", 40, validated: false)
            .WithTraining("instruct", 3000)
            .WriteAsync(keepAs);
    }

    /// <summary>5 000 rows of 64 tokens each.</summary>
    public static Task<InventedReport> ManyRowsAsync(string? keepAs = null)
    {
        string[] labels = [.. Enumerable.Range(0, 77).Select(i => $"a_rather_long_label_name_{i}")];
        return new InventedReport { Metrics = ["accuracy"] }
            .With("zero_shot", InventedAnswers.AmongChoices(labels, 5000, 0.1, 1, message: Words))
            .With("few_shot_4", InventedAnswers.AmongChoices(labels, 5000, 0.3, 2, shotTokens: 90, message: Words))
            .With("tuned", InventedAnswers.AmongChoices(labels, 5000, 0.8, 3, message: Words))
            .WithTraining("instruct", 20_000)
            .WriteAsync(keepAs);
    }

    /// <summary>Written answers, some long, some that did not fit.</summary>
    public static Task<InventedReport> FreeTextAsync()
    {
        return new InventedReport { Require = [] }
            .With("zero_shot", Written(0.2, 1))
            .With("tuned", Written(0.7, 2))
            .WithTraining("instruct", 90)
            .WriteAsync();

        static IReadOnlyList<Answer> Written(double accuracy, ulong seed) =>
            [
                .. InventedAnswers
                    .AmongChoices(["yes", "no", "maybe so"], 60, accuracy, seed, message: Words)
                    .Select(a =>
                        a with
                        {
                            ChoiceLogProbs = null,
                            Stop = a.Row % 7 == 0 ? "length" : "eos",
                            Prediction =
                                a.Row % 20 == 0 ? null
                                : a.Row % 11 == 0 ? ""
                                : a.Prediction,
                            Correct = a.Correct && a.Row % 20 != 0 && a.Row % 11 != 0,
                        }
                    ),
            ];
    }

    // As varied as what people write: a third of the words of a language make nine tenths of its texts.
    private static string Words(int row)
    {
        var random = new Finetune.Engine.Metrics.SplitMix64((ulong)row);
        return string.Join(' ', Enumerable.Range(0, 48).Select(_ => Word(random.Below(40) * random.Below(50))));

        static string Word(int rank) =>
            string.Concat(
                Enumerable.Range(0, 2 + rank % 3).Select(i => "taresinolumekadi".Substring(2 * ((rank >> i) % 8), 2))
            );
    }

    private static string Message(int row) =>
        (row % 4) switch
        {
            0 => $"Hello, my new card was to come on Monday and it is still not here, order {row}. What now?",
            1 => "Why was I charged twice?",
            2 =>
                $"I topped up {row} euros by bank transfer yesterday evening, and the balance has not moved at all since.",
            _ => "Someone took my wallet. Block everything, please!",
        };

    private static IEnumerable<string> Log(int steps, bool validated)
    {
        for (var step = 1; step <= steps; step++)
        {
            var share = (double)step / steps;
            var loss = 0.35 + 2.6 * Math.Exp(-6 * share) + 0.22 * Math.Sin(step * 12.9898) * Math.Exp(-2 * share);
            var rate = 2e-4 * Math.Min(1, share / 0.03) * (0.55 + 0.45 * Math.Cos(Math.PI * share));
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"step":{{step}},"epoch":{{3 * share}},"loss":{{loss}},"grad_norm":{{1 + Math.Abs(loss)}},"learning_rate":{{rate}},"tokens":{{step * 612}},"label_tokens":{{step * 71}}}"""
            );
            if (validated && step % Math.Max(1, steps / 10) == 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"step":{{step}},"validation_loss":{{0.41 + 2.3 * Math.Exp(-5 * share)}},"validation_accuracy":{{0.94 - 0.8 * Math.Exp(-5 * share)}},"samples":[{"row":3,"template":"ask","prompt":"Message: {{Message(3)}}","reference":"lost","prediction":{{(share < 0.3 ? "null" : "\"lost\"")}},"correct":{{(share < 0.3 ? "false" : "true")}}}]}"""
                );
            }
        }
    }

    private void Made(string input, double seconds)
    {
        _bench.Keys[input] = new string("0123456789abcdef"[input.Length % 16], 64);
        _bench.Facts[input] = new JsonObject
        {
            ["seconds"] = seconds,
            ["peak_memory_bytes"] = 312_000_000,
            ["tokens_per_second"] = 18_400.5,
        };
    }
}
