using System.Globalization;

namespace Finetune.Stages.Artifacts;

/// <summary>What goes with a verdict's sentence, one line each: whether it holds over seeds, what the model forgot.</summary>
public static class VerdictNotes
{
    /// <summary>The notes, each with the word of its pair.</summary>
    public static IReadOnlyList<(string Word, string Text)> Of(VerdictRecord verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return [.. Seeds(verdict), .. General(verdict)];
    }

    private static IEnumerable<(string Word, string Text)> Seeds(VerdictRecord verdict)
    {
        var pair = VerdictSentence.Headline(verdict);
        var difference = verdict.Seeds?.Differences.FirstOrDefault(d =>
            d.Metric == pair?.Metric && d.First == pair.First
        );
        if (difference is not null)
        {
            var name = VerdictSentence.Name(difference.First);
            yield return (
                difference.Word,
                $"over {Count(difference.Values.Count)} seeds {Amount(difference.Metric, difference.Mean)} on average (deviation {Plain(difference.Metric, difference.Deviation)}, {Interval(verdict, difference.Metric, difference.Low, difference.High)}): {Outcome(difference.Word, name)}"
            );
        }
    }

    private static IEnumerable<(string Word, string Text)> General(VerdictRecord verdict)
    {
        if (verdict.General is { Pairs: [var pair, ..] } general)
        {
            var first = general.Contenders[pair.First].Metrics[pair.Metric]!.Value;
            var second = general.Contenders[pair.Second].Metrics[pair.Metric]!.Value;
            yield return (
                pair.Word,
                $"on {general.Source} ({Count(general.Rows)} rows) {MetricTitles.Of(pair.Metric)} {Value(pair.Metric, second)}, zero-shot {Value(pair.Metric, first)}: {Amount(pair.Metric, pair.Difference)} ({Interval(verdict, pair.Metric, pair.Low, pair.High)}), {(pair.Word == PairVerdict.Worse ? "it forgot" : pair.Word == PairVerdict.Better ? "it gained" : "no loss to be seen")}"
            );
        }
    }

    private static string Outcome(string word, string first) =>
        word == PairVerdict.NotDistinguishable
            ? $"not distinguishable from {first}, another seed may turn it"
            : $"{word} than {first}, whichever the seed";

    private static string Interval(VerdictRecord verdict, string metric, double low, double high) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * verdict.Confidence:0.#} % interval {Signed(metric, low)} to {Signed(metric, high)}"
        );

    private static string Amount(string metric, double difference) =>
        metric == "perplexity" ? Signed(metric, difference) : $"{Signed(metric, difference)} points";

    private static string Signed(string metric, double value) =>
        VerdictSentence.Signed(metric == "perplexity" ? value : 100 * value, metric == "perplexity" ? "0.0##" : "0.0");

    private static string Plain(string metric, double value) =>
        metric == "perplexity"
            ? value.ToString("0.0##", CultureInfo.InvariantCulture)
            : (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Value(string metric, double value) =>
        metric == "perplexity"
            ? value.ToString("G4", CultureInfo.InvariantCulture)
            : (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
