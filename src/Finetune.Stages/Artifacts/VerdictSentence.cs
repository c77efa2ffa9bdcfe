using System.Globalization;

namespace Finetune.Stages.Artifacts;

/// <summary>A verdict in one sentence, for the last line of a run and the first of a report.</summary>
public static class VerdictSentence
{
    /// <summary>The sentence: the last contender against the first on the first metric.</summary>
    public static string Of(VerdictRecord verdict) =>
        Headline(verdict) is { } pair ? Of(verdict, pair) : Alone(verdict);

    /// <summary>The pair that matters most: tuned against zero-shot, or what stands in their places; null where one
    /// contender stands alone.</summary>
    public static PairVerdict? Headline(VerdictRecord verdict)
    {
        var metric = verdict.Metrics.Count > 0 ? verdict.Metrics[0] : "accuracy";
        var pairs = verdict.Pairs.Where(p => p.Metric == metric).ToList();
        var second = pairs.Count > 0 ? pairs[^1].Second : null;
        return pairs.FirstOrDefault(p => p.Second == second && p.First == "zero_shot")
            ?? pairs.FirstOrDefault(p => p.Second == second);
    }

    /// <summary>How a contender is called in running text.</summary>
    public static string Name(string contender) =>
        contender switch
        {
            "zero_shot" => "zero-shot",
            _ when contender.StartsWith("few_shot_", StringComparison.Ordinal) =>
                $"few-shot ({Shots(contender["few_shot_".Length..].Split('_', 2))})",
            _ => contender.Replace('_', ' '),
        };

    private static string Shots(string[] parts) =>
        parts.Length == 1 ? parts[0] : $"{parts[0]}, {parts[1].Replace('_', ' ')}";

    /// <summary>One pair in one sentence.</summary>
    public static string Of(VerdictRecord verdict, PairVerdict pair)
    {
        var first = verdict.Contenders[pair.First].Metrics[pair.Metric] ?? double.NaN;
        var second = verdict.Contenders[pair.Second].Metrics[pair.Metric] ?? double.NaN;
        var interval = Percent(verdict.Confidence, 0);
        if (pair.Metric == "perplexity")
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Upper(Name(pair.Second))} has a perplexity of {second:G4} on {Rows(verdict)}, {Name(pair.First)} {first:G4}: {Signed(pair.Difference, "0.0##")} ({interval} interval {Signed(pair.Low, "0.0##")} to {Signed(pair.High, "0.0##")})"
            );
        }

        var decimals = Decimals(verdict.Rows, first, second, pair.Difference);
        string Points(double share) =>
            Signed(Math.Round(100 * share, decimals, MidpointRounding.AwayFromZero), decimals == 0 ? "0" : "0.0");
        return $"{Upper(Name(pair.Second))} {Does(pair.Metric, verdict, Percent(second, decimals))}, {Name(pair.First)} {Percent(first, decimals)}: {Points(pair.Difference)} points ({interval} interval {Points(pair.Low)} to {Points(pair.High)})";
    }

    private static string Alone(VerdictRecord verdict)
    {
        var (name, contender) = verdict.Contenders.Last();
        var metric = verdict.Metrics.Count > 0 ? verdict.Metrics[0] : "accuracy";
        var value = contender.Metrics[metric];
        if (value is null)
        {
            return $"{Upper(Name(name))} gave no answer that could be measured on {Rows(verdict)}";
        }

        var (low, high) = (contender.Intervals[metric].Low, contender.Intervals[metric].High);
        return metric == "perplexity"
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Upper(Name(name))} has a perplexity of {value:G4} on {Rows(verdict)} ({Percent(verdict.Confidence, 0)} interval {low:G4} to {high:G4})"
            )
            : $"{Upper(Name(name))} {Does(metric, verdict, Percent(value.Value, 0))} ({Percent(verdict.Confidence, 0)} interval {Percent(low, 0)} to {Percent(high, 0)})";
    }

    private static string Does(string metric, VerdictRecord verdict, string share) =>
        metric switch
        {
            "exact_match" => $"matches {share} of {Rows(verdict)} exactly",
            "token_accuracy" => $"predicts {share} of the label tokens of {Rows(verdict)} right",
            "accuracy" => $"answers {share} of {Rows(verdict)} right",
            _ => $"reaches {share} {MetricTitles.Of(metric)} on {Rows(verdict)}",
        };

    private static string Rows(VerdictRecord verdict)
    {
        var rows = string.Create(CultureInfo.InvariantCulture, $"{verdict.Rows} row{(verdict.Rows == 1 ? "" : "s")}");
        return verdict.Templates.Count > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{rows} in {verdict.Templates.Count} wordings")
            : rows;
    }

    // Whole percents where a reader who subtracts gets the difference that is printed.
    private static int Decimals(int rows, double first, double second, double difference) =>
        rows < 1000 && Whole(second) - Whole(first) == Whole(difference) ? 0 : 1;

    private static double Whole(double share) => Math.Round(100 * share, MidpointRounding.AwayFromZero);

    // 4999 of 5000 is not 100 %.
    private static string Percent(double share, int decimals)
    {
        while (decimals < 4 && share is > 0 and < 1 && Math.Round(100 * share, decimals) is 0 or 100)
        {
            decimals++;
        }

        return (100 * share).ToString(
                "F" + decimals.ToString(CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture
            ) + " %";
    }

    internal static string Signed(double value, string format)
    {
        var text = Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);
        return text.All(c => c is '0' or '.') ? "0"
            : value < 0 ? "\u2212" + text
            : "+" + text;
    }

    private static string Upper(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
