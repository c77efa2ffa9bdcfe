namespace Finetune.Engine.Metrics.Texts;

/// <summary>What turns a word list into another, one word at a time.</summary>
internal enum Edit : byte
{
    /// <summary>Not reached by the beam.</summary>
    None,

    /// <summary>The words are the same.</summary>
    Keep,

    /// <summary>One word for another.</summary>
    Substitute,

    /// <summary>A word of the reference that the text lacks.</summary>
    Insert,

    /// <summary>A word of the text that the reference lacks.</summary>
    Delete,
}

/// <summary>
/// Levenshtein's distance of word lists of one length to a reference, in a beam around the diagonal, with the edits
/// (sacrebleu/metrics/lib_ter.py, BeamEditDistance). Rows of the table up to the first word that differs from the list
/// before are kept.
/// </summary>
internal sealed class BeamDistance
{
    private const int Unreached = int.MaxValue / 2;
    private const int Beam = 25;
    private readonly int[] _reference;
    private readonly int[][] _costs;
    private readonly Edit[][] _edits;
    private readonly double _ratio;
    private readonly int _width;
    private int[] _words = [];
    private int _rows;

    /// <summary>Words are numbers, equal where the words are.</summary>
    public BeamDistance(int[] reference, int length)
    {
        _reference = reference;
        _costs = [.. Enumerable.Range(0, length + 1).Select(_ => new int[reference.Length + 1])];
        _edits = [.. Enumerable.Range(0, length + 1).Select(_ => new Edit[reference.Length + 1])];
        _ratio = length == 0 ? 1 : (double)reference.Length / length;
        _width = Beam < _ratio / 2 ? (int)Math.Ceiling(_ratio / 2 + Beam) : Beam;
        for (var j = 0; j <= reference.Length; j++)
        {
            (_costs[0][j], _edits[0][j]) = (j, Edit.Insert);
        }
    }

    /// <summary>The distance of a list to the reference.</summary>
    public int Of(int[] words)
    {
        var first = 0;
        while (first < _rows && _words[first] == words[first])
        {
            first++;
        }

        for (var i = first + 1; i <= words.Length; i++)
        {
            Row(i, words);
        }

        (_words, _rows) = (words, words.Length);
        return _costs[words.Length][_reference.Length];
    }

    /// <summary>The edits of the list that was measured last, from its start.</summary>
    public List<Edit> Trace()
    {
        var trace = new List<Edit>();
        var (i, j) = (_rows, _reference.Length);
        while (i > 0 || j > 0)
        {
            var edit = _edits[i][j];
            trace.Add(edit);
            i -= edit == Edit.Insert ? 0 : 1;
            j -= edit == Edit.Delete ? 0 : 1;
        }

        trace.Reverse();
        return trace;
    }

    private void Row(int i, int[] words)
    {
        var (above, row, edits) = (_costs[i - 1], _costs[i], _edits[i]);
        Array.Fill(row, Unreached);
        Array.Clear(edits);
        var diagonal = (int)Math.Floor(i * _ratio);
        var last = i == words.Length ? _reference.Length + 1 : Math.Min(_reference.Length + 1, diagonal + _width);
        for (var j = Math.Max(0, diagonal - _width); j < last; j++)
        {
            if (j == 0)
            {
                (row[0], edits[0]) = (above[0] + 1, Edit.Delete);
                continue;
            }

            var isSame = words[i - 1] == _reference[j - 1];

            // The order matters: of equal costs the first stays.
            Take(above[j - 1] + (isSame ? 0 : 1), isSame ? Edit.Keep : Edit.Substitute);
            Take(above[j] + 1, Edit.Delete);
            Take(row[j - 1] + 1, Edit.Insert);

            void Take(int cost, Edit edit)
            {
                if (row[j] > cost)
                {
                    (row[j], edits[j]) = (cost, edit);
                }
            }
        }
    }
}
