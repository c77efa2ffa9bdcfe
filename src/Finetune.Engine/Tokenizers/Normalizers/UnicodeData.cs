using System.Globalization;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>
/// Decompositions and combining classes of Unicode 14, from UnicodeData.txt beside this file (point; class; mapping
/// with = canonical and composing, ! canonical only, ~ compatibility). The tool runs without ICU, where .NET itself
/// normalizes nothing.
/// </summary>
internal sealed class UnicodeData
{
    private const int HangulFirst = 0xAC00;
    private const int HangulCount = 11172;
    private static readonly Lazy<UnicodeData> Read = new(() => new UnicodeData());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, (bool Compatible, int[] Points)> _mappings = [];
    private readonly Dictionary<(int, int), int> _pairs = [];

    private UnicodeData()
    {
        var assembly = typeof(UnicodeData).Assembly;
        using var stream = assembly.GetManifestResourceStream("UnicodeData.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(';');
            var point = Hex(parts[0]);
            if (parts[1].Length > 0)
            {
                _classes[point] = byte.Parse(parts[1], CultureInfo.InvariantCulture);
            }

            if (parts[2].Length == 0)
            {
                continue;
            }

            int[] points = [.. parts[2][1..].Split(' ').Select(Hex)];
            _mappings[point] = (parts[2][0] == '~', points);
            if (parts[2][0] == '=')
            {
                _pairs[(points[0], points[1])] = point;
            }
        }
    }

    public static UnicodeData Shared => Read.Value;

    /// <summary>The canonical combining class.</summary>
    public byte ClassOf(int point) => point < 0x300 ? (byte)0 : _classes.GetValueOrDefault(point);

    /// <summary>Appends the full decomposition of a character.</summary>
    public void Decompose(int point, bool compatible, List<int> target)
    {
        if (point is >= HangulFirst and < HangulFirst + HangulCount)
        {
            var index = point - HangulFirst;
            target.Add(0x1100 + index / 588);
            target.Add(0x1161 + index % 588 / 28);
            if (index % 28 > 0)
            {
                target.Add(0x11A7 + index % 28);
            }
        }
        else if (point >= 0x80 && _mappings.TryGetValue(point, out var mapping) && (compatible || !mapping.Compatible))
        {
            foreach (var part in mapping.Points)
            {
                Decompose(part, compatible, target);
            }
        }
        else
        {
            target.Add(point);
        }
    }

    /// <summary>The character that two make together, or null.</summary>
    public int? Compose(int first, int second)
    {
        if (first is >= 0x1100 and < 0x1113 && second is >= 0x1161 and < 0x1176)
        {
            return HangulFirst + (first - 0x1100) * 588 + (second - 0x1161) * 28;
        }

        if (
            first is >= HangulFirst and < HangulFirst + HangulCount
            && (first - HangulFirst) % 28 == 0
            && second is > 0x11A7 and < 0x11C3
        )
        {
            return first + second - 0x11A7;
        }

        return _pairs.TryGetValue((first, second), out var made) ? made : null;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
