namespace Finetune.Engine.Models.Parts;

/// <summary>The slopes of ALiBi (Press et al. 2022).</summary>
internal static class Alibi
{
    /// <summary>
    /// A geometric series that ends at 1/256 for a power of two; other counts fill up with every second one of the series
    /// twice as fine.
    /// </summary>
    /// <param name="heads">How many.</param>
    public static float[] Slopes(int heads)
    {
        var whole = 1 << (int)Math.Floor(Math.Log2(heads));
        var start = Math.Pow(2, -Math.Pow(2, -(Math.Log2(whole) - 3)));
        var finer = Math.Pow(2, -Math.Pow(2, -(Math.Log2(2 * whole) - 3)));
        return
        [
            .. Enumerable.Range(1, whole).Select(i => (float)Math.Pow(start, i)),
            .. Enumerable.Range(0, heads - whole).Select(i => (float)Math.Pow(finer, 2 * i + 1)),
        ];
    }
}
