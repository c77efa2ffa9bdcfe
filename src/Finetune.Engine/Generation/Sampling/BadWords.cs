namespace Finetune.Engine.Generation.Sampling;

/// <summary>Drops the last token of a list where the context ends with the others. A list that is one of the tokens at
/// which answers end, alone, is ignored: nothing would end.</summary>
internal sealed class BadWords(IReadOnlyList<IReadOnlyList<int>> words, IReadOnlySet<int> ends) : IScoreProcessor
{
    private readonly IReadOnlyList<int>[] _words =
    [
        .. words.Where(ids => ids.Count > 0 && !(ids.Count == 1 && ends.Contains(ids[0]))),
    ];

    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        foreach (var ids in _words)
        {
            if (SequenceBias.IsDue(ids, context))
            {
                scores[ids[^1]] = double.NegativeInfinity;
            }
        }
    }
}
