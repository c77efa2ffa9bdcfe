using System.Globalization;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Report.Html;

/// <summary>Numbers and names as a person reads them; never by the machine's culture.</summary>
internal static class Figures
{
    private static readonly string[] Powers = ["", " thousand", " million", " billion", " trillion"];

    public static string Contender(string name)
    {
        var text = VerdictSentence.Name(name);
        return text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>A metric's title at the beginning of a line.</summary>
    public static string Metric(string name)
    {
        var title = MetricTitles.Of(name);
        return title == "chrF" ? title : char.ToUpperInvariant(title[0]) + title[1..];
    }

    /// <summary>A metric's value; shares in percent.</summary>
    public static string Value(string metric, double? value) =>
        value is null ? "–"
        : metric == "perplexity" ? value.Value.ToString(value < 100 ? "0.000" : "G4", CultureInfo.InvariantCulture)
        : Percent(value.Value);

    /// <summary>A metric's difference; shares in points.</summary>
    public static string Difference(string metric, double value) =>
        metric == "perplexity" ? Signed(value, Math.Abs(value) < 100 ? "0.000" : "G4") : Signed(100 * value, "0.0");

    public static string Percent(double share, int decimals = 1)
    {
        while (decimals < 4 && share is > 0 and < 1 && Math.Round(100 * share, decimals) is 0 or 100)
        {
            decimals++;
        }

        var rounded = Math.Round(100 * share, decimals, MidpointRounding.AwayFromZero);
        return rounded.ToString(decimals == 0 ? "0" : "0." + new string('0', decimals), CultureInfo.InvariantCulture)
            + "\u202f%";
    }

    public static string Signed(double value, string format)
    {
        var text = Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);
        return text.All(c => c is '0' or '.') ? "0" : (value < 0 ? "\u2212" : "+") + text;
    }

    /// <summary>p for a column that says so above.</summary>
    public static string BareP(double p) => P(p)["p ".Length..].TrimStart('=', ' ');

    /// <summary>p as papers give it.</summary>
    public static string P(double p) =>
        p < 0.0001 ? "p < 0.0001" : "p = " + p.ToString(p < 0.1 ? "0.####" : "0.##", CultureInfo.InvariantCulture);

    /// <summary>With thin spaces between thousands.</summary>
    public static string Count(long count) =>
        count.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    /// <summary>Three figures and a word for the power.</summary>
    public static string Large(double value)
    {
        var power = 0;
        while (Math.Abs(value) >= 1000 && power < Powers.Length - 1)
        {
            value /= 1000;
            power++;
        }

        return Math.Abs(value) >= 1000
            ? value.ToString("0.##e+0", CultureInfo.InvariantCulture) + Powers[power]
            : value.ToString("G3", CultureInfo.InvariantCulture) + Powers[power];
    }

    /// <summary>Up to four figures.</summary>
    public static string Number(double value) =>
        value != 0 && Math.Abs(value) is < 0.001 or >= 1e6
            ? value.ToString("0.###e+0", CultureInfo.InvariantCulture)
            : value.ToString("0.####", CultureInfo.InvariantCulture);

    public static string Seconds(double seconds) =>
        seconds < 10 ? seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : seconds < 120 ? seconds.ToString("0", CultureInfo.InvariantCulture) + " s"
        : seconds < 7200 ? string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600} h {(int)seconds % 3600 / 60} min");

    public static string Bytes(double bytes) =>
        bytes < 1 << 20 ? (bytes / 1024).ToString("0.#", CultureInfo.InvariantCulture) + " KiB"
        : bytes < 1 << 30 ? (bytes / (1 << 20)).ToString("0", CultureInfo.InvariantCulture) + " MiB"
        : (bytes / (1 << 30)).ToString("0.0", CultureInfo.InvariantCulture) + " GiB";

    public static string Plural(long count, string one, string? many = null) =>
        $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";
}
