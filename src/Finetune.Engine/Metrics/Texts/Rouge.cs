namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// ROUGE (Lin 2004) as Google's rouge_score 0.1.2 computes it (rouge_scorer.py). Of several references that with the
/// best F counts, the first of equals, each kind by itself.
/// </summary>
public static class Rouge
{
    private static readonly (string Name, Func<string, string, bool, RougeScore> Of)[] Kinds =
    [
        ("rouge1", (text, reference, stemmed) => Ngrams(text, reference, stemmed, 1)),
        ("rouge2", (text, reference, stemmed) => Ngrams(text, reference, stemmed, 2)),
        ("rougeL", Sequence),
        ("rougeLsum", Summary),
    ];

    /// <summary>The kinds, in the order they are reported.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Select(kind => kind.Name)];

    /// <summary>The scores of all kinds, in their order.</summary>
    /// <param name="prediction">What was written.</param>
    /// <param name="references">What was wanted, at least one.</param>
    /// <param name="stemmed">By Porter stems.</param>
    public static IReadOnlyList<RougeScore> Of(string prediction, IReadOnlyList<string> references, bool stemmed) =>
        [
            .. Kinds.Select(kind =>
                references.Select(reference => kind.Of(prediction, reference, stemmed)).MaxBy(score => score.F)
            ),
        ];

    private static RougeScore Ngrams(string prediction, string reference, bool stemmed, int order)
    {
        var written = WordNgrams.Count(RougeTokenizer.Split(prediction, stemmed), order);
        var wanted = WordNgrams.Count(RougeTokenizer.Split(reference, stemmed), order);
        double shared = WordNgrams.Shared(written, wanted);
        return new(shared / Math.Max(written.Values.Sum(), 1), shared / Math.Max(wanted.Values.Sum(), 1));
    }

    private static RougeScore Sequence(string prediction, string reference, bool stemmed)
    {
        var written = RougeTokenizer.Split(prediction, stemmed);
        var wanted = RougeTokenizer.Split(reference, stemmed);
        double length = CommonSubsequence.Length(wanted, written);
        return length == 0 ? default : new(length / written.Count, length / wanted.Count);
    }

    // Section 3.2 of the paper, with the clipping of ROUGE-1.5.5: no token is hit more often than it occurs.
    private static RougeScore Summary(string prediction, string reference, bool stemmed)
    {
        var written = Lines(prediction, stemmed);
        var wanted = Lines(reference, stemmed);
        var leftInText = WordNgrams.Count([.. written.SelectMany(line => line)], 1);
        var leftInReference = WordNgrams.Count([.. wanted.SelectMany(line => line)], 1);
        double hits = 0;
        foreach (var line in wanted)
        {
            var union = written.SelectMany(other => CommonSubsequence.Places(line, other)).Distinct();
            foreach (var token in union.Select(place => line[place]))
            {
                if (leftInText.GetValueOrDefault(token) > 0 && leftInReference[token] > 0)
                {
                    hits++;
                    leftInText[token]--;
                    leftInReference[token]--;
                }
            }
        }

        return hits == 0 ? default : new(hits / written.Sum(line => line.Count), hits / wanted.Sum(line => line.Count));
    }

    private static List<List<string>> Lines(string text, bool stemmed) =>
        [.. text.Split('\n').Where(line => line.Length > 0).Select(line => RougeTokenizer.Split(line, stemmed))];
}
