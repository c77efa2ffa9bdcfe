namespace Finetune.Engine.Metrics;

/// <summary>How often each right label was answered by each label.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    private ConfusionMatrix(IReadOnlyList<string> labels, int[,] counts)
    {
        Labels = labels;
        _counts = counts;
    }

    /// <summary>Right and answered labels, ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Answers in all.</summary>
    public int Total => _counts.Cast<int>().Sum();

    /// <summary>How many answers with that right label (row) were that label (column); indices into
    /// <see cref="Labels"/>.</summary>
    public int this[int gold, int predicted] => _counts[gold, predicted];

    /// <summary>Counts right and answered labels, same length and order.</summary>
    /// <exception cref="ArgumentException">The lists are not of one length.</exception>
    public static ConfusionMatrix Of(IReadOnlyList<string> gold, IReadOnlyList<string> predicted)
    {
        if (gold.Count != predicted.Count)
        {
            throw new ArgumentException(
                $"{gold.Count} right labels and {predicted.Count} answers were given, as many were wanted",
                nameof(predicted)
            );
        }

        // By code point, as other tools sort; ordinal UTF-16 differs above the basic plane.
        var labels = gold.Concat(predicted)
            .Distinct(StringComparer.Ordinal)
            .OrderBy(label => label, CodePointComparer.Instance)
            .ToList();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < labels.Count; i++)
        {
            places[labels[i]] = i;
        }

        var counts = new int[labels.Count, labels.Count];
        for (var i = 0; i < gold.Count; i++)
        {
            counts[places[gold[i]], places[predicted[i]]]++;
        }

        return new ConfusionMatrix(labels, counts);
    }

    /// <summary>Precision, recall and F1 of every label, in the order of <see cref="Labels"/>; 0/0 is 0.</summary>
    public IReadOnlyList<LabelScore> Scores()
    {
        var scores = new List<LabelScore>(Labels.Count);
        for (var label = 0; label < Labels.Count; label++)
        {
            int support = 0,
                answered = 0;
            for (var other = 0; other < Labels.Count; other++)
            {
                support += _counts[label, other];
                answered += _counts[other, label];
            }

            var right = _counts[label, label];
            scores.Add(
                new LabelScore(
                    Labels[label],
                    Share(right, answered),
                    Share(right, support),
                    Share(2 * right, support + answered),
                    support
                )
            );
        }

        return scores;
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
