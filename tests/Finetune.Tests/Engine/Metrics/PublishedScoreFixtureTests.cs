using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;
using Finetune.Engine.Tests;

namespace Finetune.Tests.Engine.Metrics;

/// <summary>The expectations of sacreBLEU's and rouge_score's own unit tests; the latter come from ROUGE-1.5.5.</summary>
public sealed class PublishedScoreFixtureTests
{
    public static TheoryData<string> BleuLists =>
        [
            "corpus_bleu",
            "corpus_bleu_max_order",
            "raw_corpus_bleu_floor_0.01",
            "raw_floor_default_0.1",
            "sentence_bleu",
            "sentence_bleu_zero",
            "ngram_statistics",
        ];

    public static TheoryData<string> ChrfLists =>
        ["chrf_eps_smoothing", "chrf_effective_order", "chrf_keep_whitespace", "chrf_sentence"];

    [SkippableTheory]
    [MemberData(nameof(BleuLists))]
    public void Bleu_agrees(string list) => Assert.All(Cases("sacrebleu")[list]!.AsArray(), one => Bleu(list, one!));

    [SkippableTheory]
    [InlineData("compute_bleu_from_statistics")]
    [InlineData("compute_bleu_degenerate")]
    public void Bleu_of_counts_agrees(string list) =>
        Assert.All(
            Cases("sacrebleu")[list]!.AsArray(),
            one =>
            {
                var bleu = new Bleu(
                    new BleuOptions
                    {
                        SmoothMethod = (string?)one!["smooth"] ?? "none",
                        SmoothValue = (double?)one["smooth_value"],
                    }
                );
                bleu.Add(Counts(one["common"]!), Counts(one["total"]!), (long)one["sys_len"]!, (long)one["ref_len"]!);
                Near(JsonValue.Create(100 * (double)one["score_0_1"]!), bleu.Score().Score, 1e-6);
            }
        );

    [SkippableFact]
    public void Bleu_without_a_floor_is_0() =>
        Assert.All(
            Cases("sacrebleu")["raw_floor_default_0.1"]!.AsArray(),
            one =>
            {
                var bleu = new Bleu(
                    new BleuOptions
                    {
                        Tokenize = "none",
                        SmoothMethod = "floor",
                        SmoothValue = 0,
                    }
                );
                Fill(one!, bleu.Add);
                Near(one!["score_0_1_floor_0"], bleu.Score().Score, 1e-6);
            }
        );

    [SkippableTheory]
    [MemberData(nameof(ChrfLists))]
    public void Chrf_agrees(string list) =>
        Assert.All(
            Cases("sacrebleu")[list]!.AsArray(),
            one =>
            {
                var chrf = new Chrf(
                    new ChrfOptions
                    {
                        CharOrder = (int)one!["char_order"]!,
                        WordOrder = (int)one["word_order"]!,
                        Beta = (double)one["beta"]!,
                        EpsSmoothing = (bool?)one["eps_smoothing"] ?? false,
                        Whitespace = !((bool?)one["remove_whitespace"] ?? true),
                    }
                );
                Fill(one, chrf.Add);
                Near(one["score"]!, chrf.Score(), (double)one["eps"]!);
            }
        );

    [SkippableFact]
    public void Ter_agrees() =>
        Assert.All(
            Cases("sacrebleu")["ter"]!.AsArray(),
            one =>
            {
                var ter = new Ter(new TerOptions());
                Fill(one!, ter.Add);
                Near(one!["score"]!, ter.Score(), (double)one["eps"]!);
            }
        );

    [SkippableFact]
    public void Rouge_agrees() =>
        Assert.All(
            Cases("rouge")["cases"]!.AsArray(),
            one =>
            {
                var score = Rouge.Of((string)one!["prediction"]!, [(string)one["target"]!], (bool)one["use_stemmer"]!)[
                    Kind(one)
                ];
                var eps = 0.5001 * Math.Pow(10, -(int)one["places"]!);
                Near(one["precision"], score.Precision, eps);
                Near(one["recall"], score.Recall, eps);
                Near(one["fmeasure"]!, score.F, eps);
            }
        );

    [SkippableFact]
    public void Mean_rouge_of_a_corpus_agrees() =>
        Assert.All(
            Cases("rouge")["aggregates"]!.AsArray(),
            one =>
            {
                var pairs = Pairs((string)one!["files"]!);
                var scores = pairs
                    .Select(pair => Rouge.Of(pair.Prediction, [pair.Target], (bool)one["use_stemmer"]!)[Kind(one)])
                    .ToList();
                if (one["fmeasure"] is { } whole)
                {
                    Near(whole, scores.Single().F, 0.5001 * Math.Pow(10, -(int)one["places"]!));
                    return;
                }

                var delta = (double)one["delta"]!;
                Near(one["mid_precision"]!, scores.Average(score => score.Precision), delta);
                Near(one["mid_recall"]!, scores.Average(score => score.Recall), delta);
                Near(one["mid_fmeasure"]!, scores.Average(score => score.F), delta);
            }
        );

    private static void Bleu(string list, JsonNode one)
    {
        var given = one["kwargs"] as JsonObject ?? one.AsObject();
        var isRaw = list.StartsWith("raw", StringComparison.Ordinal) || list == "ngram_statistics";
        var options = new BleuOptions
        {
            Tokenize = (string?)given["tokenize"] ?? (isRaw ? "none" : "13a"),
            SmoothMethod = (string?)given["smooth_method"] ?? (isRaw ? "floor" : "exp"),
            SmoothValue =
                (double?)given["smooth_value"] ?? (list.EndsWith("0.01", StringComparison.Ordinal) ? 0.01 : null),
            MaxOrder = (int?)given["max_ngram_order"] ?? 4,
            Lowercase = (bool?)given["lowercase"] ?? false,
            EffectiveOrder = (bool?)given["effective_order"] ?? isRaw,
        };
        var bleu = new Bleu(options);
        Fill(one, bleu.Add);
        var score = bleu.Score();
        if (list == "ngram_statistics")
        {
            Assert.Equal(one["common"]!.AsArray().Select(n => (double)n!), score.Counts);
            Assert.Equal(one["total"]!.AsArray().Select(n => (double)n!), score.Totals);
            return;
        }

        if (one["score_2dp"] is { } rounded)
        {
            Assert.Equal((string)rounded!, score.Score.ToString("F2", CultureInfo.InvariantCulture));
            return;
        }

        var wanted = one["score"] is { } percent
            ? (double)percent
            : 100 * (double)(one["score_0_1"] ?? one["score_0_1_floor_0_1"])!;
        Near(JsonValue.Create(wanted), score.Score, (double?)one["eps"] ?? 1e-6);
    }

    // references[k][i] is the k-th of hypothesis i; or one hypothesis with its reference or references.
    private static void Fill(JsonNode one, Action<string, IReadOnlyList<string>> add)
    {
        if (one["hypothesis"] is { } single)
        {
            add((string)single!, one["reference"] is { } right ? [(string)right!] : Texts(one["references"]!));
            return;
        }

        var streams = one["references"]!.AsArray();
        foreach (var (i, hypothesis) in Texts(one["hypotheses"]!).Index())
        {
            add(hypothesis, [.. streams.Where(s => i < s!.AsArray().Count).Select(s => (string)s![i]!)]);
        }
    }

    private static List<(string Target, string Prediction)> Pairs(string files)
    {
        if (files.StartsWith("pyrouge", StringComparison.Ordinal))
        {
            return
            [
                .. File.ReadLines(At("rouge", "pyrouge_multi.jsonl"))
                    .Select(line => JsonNode.Parse(line)!)
                    .Select(pair => ((string)pair["target"]!, (string)pair["prediction"]!)),
            ];
        }

        var target = At("rouge", "target_large.txt");
        var prediction = At("rouge", "prediction_large.txt");
        return files.StartsWith("whole", StringComparison.Ordinal)
            ? [(File.ReadAllText(target), File.ReadAllText(prediction))]
            : [.. File.ReadLines(target).Zip(File.ReadLines(prediction))];
    }

    private static int Kind(JsonNode one) => Rouge.Names.ToList().IndexOf((string)one["type"]!);

    private static long[] Counts(JsonNode node) => [.. node.AsArray().Select(count => (long)count!)];

    private static string[] Texts(JsonNode node) => [.. node.AsArray().Select(text => (string)text!)];

    private static JsonObject Cases(string folder)
    {
        var path = At(folder, "cases.json");
        Skip.IfNot(File.Exists(path), "there are no published scores in ../shared");
        return JsonNode.Parse(File.ReadAllText(path))!.AsObject();
    }

    private static string At(string folder, string file) =>
        Path.Combine(FixtureRoots.Shared ?? "", "testdata", "metrics", folder, file);

    // Some cases say no precision and no recall.
    private static void Near(JsonNode? wanted, double found, double eps) =>
        Assert.True(
            wanted is null || Math.Abs((double)wanted - found) <= eps,
            $"{wanted?.ToJsonString()} wanted, {found} found"
        );
}
