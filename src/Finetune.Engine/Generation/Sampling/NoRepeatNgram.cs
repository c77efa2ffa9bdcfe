namespace Finetune.Engine.Generation.Sampling;

/// <summary>Drops tokens that would end a run of so many tokens which is there already.</summary>
internal sealed class NoRepeatNgram(int size) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var before = size - 1;
        if (context.Length < size)
        {
            return;
        }

        var last = context[(context.Length - before)..];
        for (var start = 0; start + before < context.Length; start++)
        {
            if (context.Slice(start, before).SequenceEqual(last))
            {
                scores[context[start + before]] = double.NegativeInfinity;
            }
        }
    }
}
