using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Metrics;
using Finetune.Engine.Tests;

namespace Finetune.Tests.Engine.Metrics;

/// <summary>Agreement with scikit-learn, scipy, statsmodels and lm-evaluation-harness, to 1e-9.</summary>
public sealed class MetricsFixtureTests
{
    private static readonly Dictionary<string, Action<JsonNode, JsonNode>> Checks = new(StringComparer.Ordinal)
    {
        ["bootstrap"] = Bootstrap,
        ["classification"] = Classification,
        ["intervals"] = Intervals,
        ["mcnemar"] = McNemar,
        ["multiple-choice"] = MultipleChoice,
        ["perplexity"] = PooledPerplexity,
    };

    public static TheoryData<string> Folders => FixtureRoots.Cases("metrics");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Agrees_with_the_reference(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var name = Path.GetFileName(folder);
        Skip.IfNot(Checks.ContainsKey(name), $"the metric {name} is not there yet");
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")))!.AsArray();
        Assert.NotEmpty(cases);
        foreach (var one in cases)
        {
            Checks[name](one!["input"]!, one["expected"]!);
        }
    }

    private static void Bootstrap(JsonNode input, JsonNode expected)
    {
        var got = PairedBootstrap.Of(
            Doubles(input["first"]),
            Doubles(input["second"]),
            [.. input["resamples"]!.AsArray().Select(r => r!.Deserialize<int[]>()!)],
            (double)input["confidence"]!
        );
        Near(expected["delta"], got.Delta);
        Near(expected["low"], got.Interval.Low);
        Near(expected["high"], got.Interval.High);
        Near(expected["standard_error"], got.StandardError);
        Near(expected["p"], got.P);
    }

    private static void Classification(JsonNode input, JsonNode expected)
    {
        var (gold, predicted) = (Texts(input["gold"]), Texts(input["predicted"]));
        var matrix = ConfusionMatrix.Of(gold, predicted);
        Assert.Equal(Texts(expected["labels"]), matrix.Labels);
        for (var i = 0; i < matrix.Labels.Count; i++)
        {
            for (var j = 0; j < matrix.Labels.Count; j++)
            {
                Assert.Equal((int)expected["confusion"]![i]![j]!, matrix[i, j]);
            }
        }

        Near(expected["accuracy"], ExactMatch.Of(predicted.Zip(gold, (p, g) => ((string?)p, g))));
        var scores = matrix.Scores();
        Assert.Equal(expected["per_class"]!.AsArray().Count, scores.Count);
        foreach (var (wanted, score) in expected["per_class"]!.AsArray().Zip(scores))
        {
            Assert.Equal((string)wanted!["label"]!, score.Label);
            Assert.Equal((double)wanted["support"]!, score.Support);
            Three(wanted, (score.Precision, score.Recall, score.F1));
        }

        Three(expected["macro"]!, LabelScore.Macro(scores));
        Three(expected["weighted"]!, LabelScore.Weighted(scores));
    }

    private static void Intervals(JsonNode input, JsonNode expected)
    {
        var got = WilsonInterval.Of((int)input["successes"]!, (int)input["trials"]!, (double)input["confidence"]!);
        Near(expected["wilson"]![0], got.Low);
        Near(expected["wilson"]![1], got.High);
    }

    private static void McNemar(JsonNode input, JsonNode expected)
    {
        Near(expected["exact_p"], McNemarTest.ExactP((int)input["b"]!, (int)input["c"]!));
        Near(expected["mid_p"], McNemarTest.MidP((int)input["b"]!, (int)input["c"]!));
    }

    private static void MultipleChoice(JsonNode input, JsonNode expected)
    {
        var rows = input["rows"]!.AsArray();
        foreach (var (name, pick) in Picks)
        {
            int[] picked = [.. rows.Select(r => pick(r!))];
            Assert.Equal(expected[name]!["picked"]!.Deserialize<int[]>()!, picked);
            Near(expected[name]!["value"], Accuracy.Of(picked.Zip(rows, (p, r) => p == (int)r!["gold"]!)));
        }
    }

    private static IEnumerable<(string, Func<JsonNode, int>)> Picks =>
        [
            ("acc", r => ChoicePick.BySum(Doubles(r["logprobs"]))),
            ("acc_norm", r => ChoicePick.ByCharacters(Doubles(r["logprobs"]), Texts(r["choices"]))),
            ("acc_norm_bytes", r => ChoicePick.ByBytes(Doubles(r["logprobs"]), Texts(r["choices"]))),
            (
                "acc_mutual_info",
                r => ChoicePick.ByMutualInformation(Doubles(r["logprobs"]), Doubles(r["unconditional"]))
            ),
        ];

    private static void PooledPerplexity(JsonNode input, JsonNode expected)
    {
        var documents = input["documents"]!.AsArray().Select(d => Doubles(d!["logprobs"])).ToList();
        Near(expected["perplexity"], Perplexity.Of(documents.Select(d => (d.Sum(), d.Length))));
    }

    private static void Three(JsonNode wanted, (double Precision, double Recall, double F1) got)
    {
        Near(wanted["precision"], got.Precision);
        Near(wanted["recall"], got.Recall);
        Near(wanted["f1"], got.F1);
    }

    private static void Near(JsonNode? wanted, double got)
    {
        Assert.NotNull(wanted);
        var value = (double)wanted;
        Assert.True(
            Math.Abs(value - got) <= 1e-9 * Math.Max(1, Math.Abs(value)),
            $"{wanted.GetPath()}: {value} wanted, {got} found"
        );
    }

    private static double[] Doubles(JsonNode? node) => node!.Deserialize<double[]>()!;

    private static string[] Texts(JsonNode? node) => node!.Deserialize<string[]>()!;
}
