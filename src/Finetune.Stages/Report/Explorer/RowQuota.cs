namespace Finetune.Stages.Report.Explorer;

/// <summary>Takes so many of a stream of rows: those that changed first, then others, each kind spread evenly.</summary>
/// <param name="changed">How many changed rows will come.</param>
/// <param name="others">How many others.</param>
/// <param name="most">How many may be taken.</param>
internal sealed class RowQuota(int changed, int others, int most)
{
    private int _changed;
    private int _others;

    /// <summary>Whether the next row is taken.</summary>
    public bool Takes(bool isChanged) =>
        isChanged
            ? Spread(_changed++, Math.Min(changed, most), changed)
            : Spread(_others++, Math.Min(others, most - Math.Min(changed, most)), others);

    // Of every total / wanted one, wherever the count of taken ones rises.
    private static bool Spread(int index, int wanted, int total) =>
        (long)(index + 1) * wanted / total > (long)index * wanted / total;
}
