namespace Finetune.Engine.Tokenizers.Learning;

/// <summary>
/// Learns merges as Hugging Face's BpeTrainer does: the pair that occurs most, the one of lower ids among equals, until
/// the vocabulary is full. A pair that a later merge brings up again is queued for its new words alone, as there.
/// </summary>
internal sealed class BpeLearner
{
    private sealed class Candidate((int Left, int Right) pair, long count, HashSet<int> words)
    {
        public (int Left, int Right) Pair => pair;

        public long Count { get; set; } = count;

        public HashSet<int> Words => words;
    }

    private static readonly Comparer<(long Count, (int Left, int Right) Pair)> MostFirst = Comparer<(
        long Count,
        (int Left, int Right) Pair
    )>.Create((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair));

    private readonly List<string> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<LearnedWord> _words = [];
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _found = [];
    private readonly PriorityQueue<Candidate, (long, (int, int))> _queue = new(MostFirst);

    private BpeLearner() { }

    /// <param name="words">Distinct pieces in GPT-2's byte alphabet, with how often each occurs.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static LearnedBpe Learn(
        IReadOnlyDictionary<string, long> words,
        BpeLearningOptions options,
        CancellationToken cancellationToken = default
    )
    {
        var learner = new BpeLearner();
        foreach (var token in options.SpecialTokens)
        {
            learner.IdOf(token);
        }

        var alphabet = words.Keys.SelectMany(word => word);
        var bytes = Enumerable.Range(0, options.AllBytes ? 256 : 0).Select(value => ByteAlphabet.CharOf((byte)value));
        foreach (var unit in alphabet.Concat(bytes).Distinct().Order())
        {
            learner.IdOf(unit.ToString());
        }

        foreach (var (word, count) in words.OrderBy(word => word.Key, StringComparer.Ordinal))
        {
            learner._words.Add(new LearnedWord([.. word.Select(unit => learner.IdOf(unit.ToString()))], count));
        }

        return learner.Run(options, cancellationToken);
    }

    private LearnedBpe Run(BpeLearningOptions options, CancellationToken cancellationToken)
    {
        for (var word = 0; word < _words.Count; word++)
        {
            for (var i = 0; i + 1 < _words[word].Symbols.Count; i++)
            {
                Change((_words[word].Symbols[i], _words[word].Symbols[i + 1]), 1, word);
            }
        }

        Offer();
        var ranks = new Dictionary<(int Left, int Right), int>();
        for (var rank = 0; _tokens.Count < options.VocabularySize && _queue.TryDequeue(out var top, out _); )
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (top.Count != _counts[top.Pair])
            {
                top.Count = _counts[top.Pair];
                _queue.Enqueue(top, (top.Count, top.Pair));
                continue;
            }

            if (top.Count < Math.Max(1, options.MinFrequency))
            {
                break;
            }

            // The last rank counts where a pair comes up again.
            ranks[top.Pair] = rank++;
            Merge(top);
        }

        var merges = ranks
            .OrderBy(pair => pair.Value)
            .Select(pair => (_tokens[pair.Key.Left], _tokens[pair.Key.Right]));
        return new LearnedBpe(_tokens, [.. merges]);
    }

    private void Merge(Candidate top)
    {
        var merged = IdOf(_tokens[top.Pair.Left] + _tokens[top.Pair.Right]);
        var changes = new List<((int, int) Pair, int Change, int Word)>();
        foreach (var word in top.Words)
        {
            _words[word].Merge(top.Pair, merged, (pair, change) => changes.Add((pair, change, word)));
        }

        foreach (var (pair, change, word) in changes)
        {
            Change(pair, change, word);
        }

        Offer();
    }

    private void Change((int Left, int Right) pair, int change, int word)
    {
        _counts[pair] = _counts.GetValueOrDefault(pair) + change * _words[word].Count;
        if (change <= 0)
        {
            return;
        }

        if (!_found.TryGetValue(pair, out var words))
        {
            _found[pair] = words = [];
        }

        words.Add(word);
    }

    private void Offer()
    {
        foreach (var (pair, words) in _found)
        {
            if (_counts[pair] > 0)
            {
                _queue.Enqueue(new Candidate(pair, _counts[pair], words), (_counts[pair], pair));
            }
        }

        _found.Clear();
    }

    private int IdOf(string token)
    {
        if (!_ids.TryGetValue(token, out var id))
        {
            _ids[token] = id = _tokens.Count;
            _tokens.Add(token);
        }

        return id;
    }
}
