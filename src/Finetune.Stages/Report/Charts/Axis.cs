using System.Globalization;

namespace Finetune.Stages.Report.Charts;

/// <summary>A scale from values to pixels, with round ticks.</summary>
internal sealed class Axis
{
    private readonly double _from;
    private readonly double _to;
    private readonly double _start;
    private readonly double _end;

    /// <summary>An axis that covers the values.</summary>
    /// <param name="values">What is drawn; finite ones count.</param>
    /// <param name="start">Pixel of the low end.</param>
    /// <param name="end">Pixel of the high end.</param>
    /// <param name="ticks">About how many ticks.</param>
    /// <param name="whole">Whether only whole numbers make sense.</param>
    public Axis(IEnumerable<double> values, double start, double end, int ticks, bool whole = false)
    {
        var finite = values.Where(double.IsFinite).ToList();
        var (low, high) = finite.Count == 0 ? (0, 1) : (finite.Min(), finite.Max());
        if (high - low < 1e-12 * Math.Max(1e-300, Math.Abs(high)) || high == low)
        {
            (low, high) = high == 0 ? (0, 1) : (Math.Min(0, 2 * high), Math.Max(0, 2 * high));
        }
        else if (low > 0 && low < 0.4 * high)
        {
            // Near enough to zero to start there: heights then mean what they look like.
            low = 0;
        }

        var step = Round((high - low) / ticks);
        step = whole ? Math.Max(1, Math.Ceiling(step)) : step;
        _from = Math.Floor(low / step + 1e-9) * step;
        _to = Math.Ceiling(high / step - 1e-9) * step;
        _start = start;
        _end = end;
        var count = (int)Math.Round((_to - _from) / step);
        Ticks =
        [
            .. Enumerable
                .Range(0, count + 1)
                .Select(i => _from + i * step)
                .Select(t => Math.Abs(t) < step / 1e6 ? 0 : t),
        ];
    }

    /// <summary>Values at which there is a line and a number.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The pixel of a value.</summary>
    public double At(double value) => _start + (value - _from) / (_to - _from) * (_end - _start);

    /// <summary>A tick's text.</summary>
    public static string Label(double tick) =>
        tick == 0 ? "0"
        : Math.Abs(tick) >= 1_000_000 ? (tick / 1_000_000).ToString("0.##", CultureInfo.InvariantCulture) + "M"
        : Math.Abs(tick) >= 10_000 ? (tick / 1000).ToString("0.##", CultureInfo.InvariantCulture) + "k"
        : Math.Abs(tick) < 0.001 ? tick.ToString("0.##e-0", CultureInfo.InvariantCulture)
        : tick.ToString("0.####", CultureInfo.InvariantCulture);

    private static double Round(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
    }
}
