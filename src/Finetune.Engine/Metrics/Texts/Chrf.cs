namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// chrF and chrF++ (Popović 2015 and 2017) as sacreBLEU 2.6 computes them (sacrebleu/metrics/chrf.py). Texts are added
/// one by one and pooled; of several references that with the best score counts.
/// </summary>
public sealed class Chrf
{
    private const double Epsilon = 1e-16;
    private const int LongestOrder = 1000;
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private readonly ChrfOptions _options;
    private readonly Order[] _orders;

    /// <summary>Starts without texts.</summary>
    /// <exception cref="MetricException">There is no order to count.</exception>
    public Chrf(ChrfOptions options)
    {
        if (
            options.CharOrder is < 0 or > LongestOrder
            || options.WordOrder is < 0 or > LongestOrder
            || options.CharOrder + options.WordOrder == 0
        )
        {
            throw new MetricException(
                $"char_order is {options.CharOrder} and word_order {options.WordOrder}; 0 to {LongestOrder} and one above 0 was wanted"
            );
        }

        _options = options;
        _orders = new Order[options.CharOrder + options.WordOrder];
    }

    /// <summary>Adds a text and its references, at least one.</summary>
    public void Add(string hypothesis, IReadOnlyList<string> references)
    {
        var ngrams = Ngrams(hypothesis);
        Order[] best = [];
        var bestScore = -1.0;
        foreach (var reference in references)
        {
            Order[] orders = [.. ngrams.Zip(Ngrams(reference), Compare)];
            var score = ScoreOf(orders);
            if (score > bestScore)
            {
                (best, bestScore) = (orders, score);
            }
        }

        for (var i = 0; i < best.Length; i++)
        {
            _orders[i] = new(
                _orders[i].Hypothesis + best[i].Hypothesis,
                _orders[i].Reference + best[i].Reference,
                _orders[i].Match + best[i].Match
            );
        }
    }

    /// <summary>0 to 100, of all that was added.</summary>
    public double Score() => ScoreOf(_orders);

    private static Order Compare(Dictionary<string, int> hypothesis, Dictionary<string, int> reference) =>
        // Nothing counts where the reference has no n-gram of that order.
        new(
            reference.Count == 0 ? 0 : hypothesis.Values.Sum(),
            reference.Values.Sum(),
            WordNgrams.Shared(hypothesis, reference)
        );

    private double ScoreOf(Order[] orders)
    {
        var factor = _options.Beta * _options.Beta;
        double sum = 0,
            precisions = 0,
            recalls = 0;
        var present = 0;
        foreach (var order in orders)
        {
            var precision = order.Hypothesis > 0 ? (double)order.Match / order.Hypothesis : Epsilon;
            var recall = order.Reference > 0 ? (double)order.Match / order.Reference : Epsilon;
            var below = factor * precision + recall;
            sum += below > 0 ? (1 + factor) * precision * recall / below : Epsilon;
            if (order.Hypothesis > 0 && order.Reference > 0)
            {
                precisions += precision;
                recalls += recall;
                present++;
            }
        }

        if (_options.EpsSmoothing)
        {
            return 100 * sum / orders.Length;
        }

        if (present == 0 || precisions + recalls == 0)
        {
            return 0;
        }

        precisions /= present;
        recalls /= present;
        return 100 * ((1 + factor) * precisions * recalls / (factor * precisions + recalls));
    }

    private List<Dictionary<string, int>> Ngrams(string text)
    {
        text = _options.Lowercase ? PythonText.Lower(text) : text;
        var characters = _options.Whitespace ? text : string.Concat(PythonText.Split(text));
        int[] starts = [.. Starts(characters)];
        var orders = new List<Dictionary<string, int>>();
        for (var order = 1; order <= _options.CharOrder; order++)
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i + order < starts.Length; i++)
            {
                WordNgrams.Add(counts, characters[starts[i]..starts[i + order]]);
            }

            orders.Add(counts);
        }

        if (_options.WordOrder > 0)
        {
            var words = Words(text);
            orders.AddRange(Enumerable.Range(1, _options.WordOrder).Select(order => WordNgrams.Count(words, order)));
        }

        return orders;
    }

    // Where each code point begins, and the end.
    private static IEnumerable<int> Starts(string text)
    {
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            yield return at;
            at += rune.Utf16SequenceLength;
        }

        yield return at;
    }

    // One sign of punctuation is parted from the end of a word, or else from its start.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var word in PythonText.Split(text))
        {
            if (word.Length > 1 && Punctuation.Contains(word[^1], StringComparison.Ordinal))
            {
                words.AddRange([word[..^1], word[^1..]]);
            }
            else if (word.Length > 1 && Punctuation.Contains(word[0], StringComparison.Ordinal))
            {
                words.AddRange([word[..1], word[1..]]);
            }
            else
            {
                words.Add(word);
            }
        }

        return words;
    }

    private readonly record struct Order(long Hypothesis, long Reference, long Match);
}
