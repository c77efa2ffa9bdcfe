namespace Finetune.Engine.Generation.Sampling;

/// <summary>Changes the scores of the next token in place, on what the one before it left.</summary>
internal interface IScoreProcessor
{
    /// <summary>Applies it.</summary>
    /// <param name="scores">One a token of the vocabulary; negative infinity where dropped.</param>
    /// <param name="context">The tokens so far, prompt included.</param>
    void Apply(Span<double> scores, ReadOnlySpan<int> context);
}
