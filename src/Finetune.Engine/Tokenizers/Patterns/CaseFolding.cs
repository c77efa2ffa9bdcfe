using System.Text;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>
/// Which characters are equal when case is ignored, one character for one (Oniguruma's <c>(?i:...)</c>): s, S and the
/// long ſ; k, K and the Kelvin sign. Foldings to several characters (ß and ss) are not made.
/// </summary>
internal static class CaseFolding
{
    private static readonly Lazy<Dictionary<int, int[]>> Orbits = new(Gather);

    /// <summary>The set with every case form of its members.</summary>
    public static CodePointSet Close(CodePointSet set)
    {
        var more = Orbits.Value.Where(orbit => set.Contains(orbit.Key)).SelectMany(orbit => orbit.Value).ToList();
        return more.Count == 0 ? set : set.Or(CodePointSet.Where(more));
    }

    private static Dictionary<int, int[]> Gather()
    {
        // No case pairs live beyond the supplementary multilingual plane.
        var orbits = new Dictionary<int, List<int>>();
        for (var point = 0; point < 0x20000; point++)
        {
            if (!Rune.IsValid(point))
            {
                continue;
            }

            var folded = Fold(point);
            if (!orbits.TryGetValue(folded, out var orbit))
            {
                orbits[folded] = orbit = [];
            }

            orbit.Add(point);
        }

        return orbits
            .Values.Where(orbit => orbit.Count > 1)
            .SelectMany(orbit => orbit.Select(point => (point, orbit)))
            .ToDictionary(pair => pair.point, pair => pair.orbit.ToArray());
    }

    // .NET keeps these apart from their ASCII or Latin-1 partners, Unicode's simple folding does not.
    private static int Fold(int point) =>
        point switch
        {
            0x17F => 's',
            0x1E9E => 0xDF,
            _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(point))).Value,
        };
}
