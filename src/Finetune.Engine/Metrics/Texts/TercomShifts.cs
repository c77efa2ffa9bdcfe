namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// Edits with shifts of word runs, by tercom's greedy search (Snover and others 2006) as sacreBLEU 2.6 has it
/// (sacrebleu/metrics/lib_ter.py): the limits, the order of candidates and their ranking are its.
/// </summary>
internal sealed class TercomShifts
{
    private const int LongestShift = 10;
    private const int FarthestShift = 50;
    private const int MostCandidates = 1000;
    private readonly int[] _reference;
    private readonly BeamDistance _distance;
    private int _candidates;

    private TercomShifts(int[] reference, int length)
    {
        _reference = reference;
        _distance = new BeamDistance(reference, length);
    }

    /// <summary>The fewest edits it finds.</summary>
    public static int Edits(IReadOnlyList<string> hypothesis, IReadOnlyList<string> reference)
    {
        if (reference.Count == 0)
        {
            return hypothesis.Count;
        }

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] Numbered(IReadOnlyList<string> words) =>
            [.. words.Select(word => numbers.TryGetValue(word, out var n) ? n : numbers[word] = numbers.Count)];
        var right = Numbered(reference);
        return new TercomShifts(right, hypothesis.Count).Search(Numbered(hypothesis));
    }

    private int Search(int[] words)
    {
        var shifts = 0;
        while (true)
        {
            var (gain, shifted) = Best(words);
            if (_candidates >= MostCandidates || gain <= 0)
            {
                return shifts + _distance.Of(words);
            }

            shifts++;
            words = shifted;
        }
    }

    private (int Gain, int[] Words) Best(int[] words)
    {
        var before = _distance.Of(words);
        var alignment = new Alignment(_distance.Trace(), words.Length, _reference.Length);
        (int Gain, int Length, int Start, int Target)? best = null;
        int[] bestWords = words;
        foreach (var (start, place, length) in Matches(words))
        {
            if (!alignment.IsWorthwhile(start, place, length))
            {
                continue;
            }

            var last = -1;
            for (var offset = -1; offset < length; offset++)
            {
                var target = place + offset == -1 ? 0 : alignment.Place(place + offset) + 1;
                if (target == last)
                {
                    continue;
                }

                last = target;
                var shifted = Shift(words, start, length, target);
                var candidate = (before - _distance.Of(shifted), length, -start, -target);
                _candidates++;
                if (best is null || candidate.CompareTo(best.Value) > 0)
                {
                    (best, bestWords) = (candidate, shifted);
                }
            }

            if (_candidates >= MostCandidates)
            {
                break;
            }
        }

        return (best?.Gain ?? 0, bestWords);
    }

    private IEnumerable<(int Start, int Place, int Length)> Matches(int[] words)
    {
        for (var start = 0; start < words.Length; start++)
        {
            for (var place = 0; place < _reference.Length; place++)
            {
                if (Math.Abs(place - start) > FarthestShift)
                {
                    continue;
                }

                var longest = Math.Min(LongestShift, Math.Min(words.Length - start, _reference.Length - place));
                for (var length = 1; length <= longest; length++)
                {
                    if (words[start + length - 1] != _reference[place + length - 1])
                    {
                        break;
                    }

                    yield return (start, place, length);
                }
            }
        }
    }

    private static int[] Shift(int[] words, int start, int length, int target)
    {
        var run = words[start..(start + length)];
        if (target < start)
        {
            return [.. words[..target], .. run, .. words[target..start], .. words[(start + length)..]];
        }

        // Beyond the run, or within it: then it moves on by as many words as it was aimed into itself.
        var to = target > start + length ? target : Math.Min(words.Length, length + target);
        return [.. words[..start], .. words[(start + length)..to], .. run, .. words[to..]];
    }

    /// <summary>Where each word of the reference lies in the text, and what is wrong on each side.</summary>
    private sealed class Alignment
    {
        private readonly int[] _places;
        private readonly bool[] _wrongInText;
        private readonly bool[] _wrongInReference;

        public Alignment(List<Edit> trace, int length, int referenceLength)
        {
            _places = new int[referenceLength];
            _wrongInText = new bool[length];
            _wrongInReference = new bool[referenceLength];
            var (at, place) = (-1, -1);
            foreach (var edit in trace)
            {
                if (edit != Edit.Insert)
                {
                    _wrongInText[++at] = edit != Edit.Keep;
                }

                if (edit != Edit.Delete)
                {
                    _places[++place] = at;
                    _wrongInReference[place] = edit != Edit.Keep;
                }
            }
        }

        public int Place(int reference) => _places[reference];

        /// <summary>Something is wrong at both ends, and the run would not be put into itself.</summary>
        public bool IsWorthwhile(int start, int place, int length) =>
            _wrongInText.AsSpan(start, length).Contains(true)
            && _wrongInReference.AsSpan(place, length).Contains(true)
            && !(start <= _places[place] && _places[place] < start + length);
    }
}
