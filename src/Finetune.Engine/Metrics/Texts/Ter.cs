namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// Translation edit rate (Snover and others 2006) as sacreBLEU 2.6 computes it (sacrebleu/metrics/ter.py). Texts are added
/// one by one and pooled: fewest edits to a reference over the mean length of the references.
/// </summary>
public sealed class Ter(TerOptions options)
{
    /// <summary>Edits so far.</summary>
    public long Edits { get; private set; }

    /// <summary>Mean lengths of references so far, added up.</summary>
    public double ReferenceLength { get; private set; }

    /// <summary>Adds a text and its references, at least one.</summary>
    public void Add(string hypothesis, IReadOnlyList<string> references)
    {
        var words = TercomTokenizer.Split(hypothesis, options);
        var right = references.Select(Reference).ToList();
        Edits += right.Min(reference => TercomShifts.Edits(words, reference));
        ReferenceLength += (double)right.Sum(reference => reference.Count) / right.Count;
    }

    /// <summary>100 times edits over length; 100 for edits without a length, 0 for neither.</summary>
    public double Score() =>
        ReferenceLength > 0 ? 100 * (Edits / ReferenceLength)
        : Edits > 0 ? 100
        : 0;

    // sacreBLEU normalises references twice (once for all metrics, once more in TER), which parts the comma of "a,,100"
    // from its number in a reference but not in a text.
    private List<string> Reference(string text) =>
        TercomTokenizer.Split(string.Join(' ', TercomTokenizer.Split(text, options)), options);
}
