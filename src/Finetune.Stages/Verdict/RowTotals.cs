namespace Finetune.Stages.Verdict;

/// <summary>Answers put together row by row: the unit that intervals are drawn over.</summary>
internal sealed class RowTotals
{
    private readonly int[] _rowOf;

    /// <summary>Reads off which answers belong to one row.</summary>
    public RowTotals(IReadOnlyList<Answered> answers)
    {
        var places = new Dictionary<long, int>();
        _rowOf = new int[answers.Count];
        for (var i = 0; i < answers.Count; i++)
        {
            if (!places.TryGetValue(answers[i].Row, out var place))
            {
                places[answers[i].Row] = place = places.Count;
            }

            _rowOf[i] = place;
        }

        Count = places.Count;
    }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>The sum over the answers of each row.</summary>
    public double[] Sum(Func<int, double> ofAnswer)
    {
        var sums = new double[Count];
        for (var i = 0; i < _rowOf.Length; i++)
        {
            sums[_rowOf[i]] += ofAnswer(i);
        }

        return sums;
    }
}
