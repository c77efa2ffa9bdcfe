using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Tokenize;

/// <summary>Counts the tokens of one split.</summary>
internal sealed class TokenAccount
{
    private const int RowsKept = 20;

    private readonly List<int> _lengths = [];
    private readonly List<long> _droppedRows = [];
    private readonly List<long> _truncatedRows = [];
    private long _tokens;
    private long _labels;
    private long _dropped;
    private long _truncated;
    private int _rejected;

    /// <summary>Whether everything was dropped.</summary>
    public bool AllDropped => _lengths.Count == 0 && _dropped > 0;

    /// <summary>Counts an example that is kept.</summary>
    public void Keep(TokenExample example, bool truncated)
    {
        Add(example);
        if (truncated)
        {
            Note(_truncatedRows, example.Row, ref _truncated);
        }
    }

    /// <summary>Counts the worse completion of an example that is kept; the example is still one.</summary>
    public void KeepRejected(TokenExample example)
    {
        Add(example);
        _rejected++;
    }

    /// <summary>Counts an example that is left out.</summary>
    public void Drop(long row) => Note(_droppedRows, row, ref _dropped);

    /// <summary>All counts.</summary>
    public TokenCounts Counts() =>
        new(
            _lengths.Count - _rejected,
            _tokens,
            _labels,
            _dropped,
            _droppedRows,
            _truncated,
            _truncatedRows,
            LengthSummaries.Of(_lengths)
        );

    private void Add(TokenExample example)
    {
        _lengths.Add(example.InputIds.Length);
        _tokens += example.InputIds.Length;
        _labels += example.LossMask.AsSpan().Count(true);
    }

    private static void Note(List<long> rows, long row, ref long count)
    {
        count++;
        if (rows.Count < RowsKept)
        {
            rows.Add(row);
        }
    }
}
