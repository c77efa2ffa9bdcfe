namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// BLEU (Papineni and others 2002) as sacreBLEU 2.6 computes it (Post 2018; sacrebleu/metrics/bleu.py). Texts are added
/// one by one and pooled.
/// </summary>
public sealed class Bleu
{
    // What sacreBLEU takes for the logarithm of 0.
    private const double LogOfZero = -9999999999;
    private const int LongestOrder = 1000;

    private readonly BleuOptions _options;
    private readonly Func<string, List<string>> _split;
    private readonly long[] _correct;
    private readonly long[] _total;
    private long _hypothesisLength;
    private long _referenceLength;

    /// <summary>Starts without texts.</summary>
    /// <exception cref="MetricException">An option is none that there is.</exception>
    public Bleu(BleuOptions options)
    {
        if (options.MaxOrder is < 1 or > LongestOrder)
        {
            throw new MetricException($"max_ngram_order is {options.MaxOrder}; 1 to {LongestOrder} was wanted");
        }

        _options = options;
        _split =
            BleuTokenizers.Find(options.Tokenize)
            ?? throw new MetricException(
                $"there is no tokenizer '{options.Tokenize}'; there are {string.Join(", ", BleuOptions.Tokenizers)}"
            );
        if (!BleuOptions.SmoothMethods.Contains(options.SmoothMethod, StringComparer.Ordinal))
        {
            throw new MetricException(
                $"there is no smoothing '{options.SmoothMethod}'; there are {string.Join(", ", BleuOptions.SmoothMethods)}"
            );
        }

        _correct = new long[options.MaxOrder];
        _total = new long[options.MaxOrder];
    }

    /// <summary>Adds a text and its references, at least one.</summary>
    public void Add(string hypothesis, IReadOnlyList<string> references)
    {
        var words = Words(hypothesis);
        var right = references.Select(Words).ToList();
        for (var order = 1; order <= _options.MaxOrder; order++)
        {
            var wanted = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var (ngram, count) in right.SelectMany(reference => WordNgrams.Count(reference, order)))
            {
                wanted[ngram] = Math.Max(wanted.GetValueOrDefault(ngram), count);
            }

            _correct[order - 1] += WordNgrams.Shared(WordNgrams.Count(words, order), wanted);
            _total[order - 1] += Math.Max(0, words.Count - order + 1);
        }

        _hypothesisLength += words.Count;
        _referenceLength += right
            .Select(reference => reference.Count)
            .OrderBy(length => Math.Abs(length - words.Count))
            .ThenBy(length => length)
            .First();
    }

    /// <summary>Adds n-grams that were counted before: matching ones and all, an order each, and lengths in tokens.</summary>
    public void Add(IReadOnlyList<long> correct, IReadOnlyList<long> total, long hypothesisLength, long referenceLength)
    {
        for (var i = 0; i < _correct.Length; i++)
        {
            _correct[i] += correct[i];
            _total[i] += total[i];
        }

        _hypothesisLength += hypothesisLength;
        _referenceLength += referenceLength;
    }

    /// <summary>The score of all that was added.</summary>
    public BleuScore Score()
    {
        double[] correct = [.. _correct.Select(count => (double)count)];
        double[] total = [.. _total.Select(count => (double)count)];
        var precisions = new double[correct.Length];
        var penalty =
            _hypothesisLength >= _referenceLength ? 1
            : _hypothesisLength == 0 ? 0
            : Math.Exp(1 - (double)_referenceLength / _hypothesisLength);
        var score = 0.0;
        if (correct.Any(count => count != 0))
        {
            var orders = Smooth(correct, total, precisions);
            var logs = precisions.Take(orders).Sum(p => p == 0 ? LogOfZero : Math.Log(p));
            score = penalty * Math.Exp(logs / orders);
        }

        return new(score, correct, total, precisions, penalty, _hypothesisLength, _referenceLength);
    }

    // Fills the precisions; the result is how many orders count.
    private int Smooth(double[] correct, double[] total, double[] precisions)
    {
        var value = _options.SmoothValue ?? (_options.SmoothMethod == "floor" ? 0.1 : 1);
        var orders = precisions.Length;
        var halving = 1.0;
        for (var i = 0; i < precisions.Length; i++)
        {
            if (_options.SmoothMethod == "add-k" && i > 0)
            {
                correct[i] += value;
                total[i] += value;
            }

            if (total[i] == 0)
            {
                break;
            }

            orders = _options.EffectiveOrder ? i + 1 : orders;
            if (correct[i] != 0)
            {
                precisions[i] = 100 * correct[i] / total[i];
            }
            else if (_options.SmoothMethod == "exp")
            {
                halving *= 2;
                precisions[i] = 100 / (halving * total[i]);
            }
            else if (_options.SmoothMethod == "floor")
            {
                precisions[i] = 100 * value / total[i];
            }
        }

        return orders;
    }

    private List<string> Words(string text) =>
        _split(PythonText.TrimEnd(_options.Lowercase ? PythonText.Lower(text) : text));
}
