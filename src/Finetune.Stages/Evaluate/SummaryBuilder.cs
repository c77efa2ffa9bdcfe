using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Evaluate;

/// <summary>Adds up what a contender's answers cost; deterministic, times are facts of the run.</summary>
/// <param name="contender">Its name.</param>
/// <param name="window">The longest prompt + completion in tokens.</param>
/// <param name="shots">Row numbers of the few-shot examples, or null.</param>
public sealed class SummaryBuilder(string contender, int window, IReadOnlyList<long>? shots)
{
    private readonly HashSet<long> _rows = [];
    private long _promptTokens;
    private int _longest;
    private int _didNotFit;
    private bool _choices;

    /// <summary>Answers so far.</summary>
    public int Examples { get; private set; }

    /// <summary>Counts one answer.</summary>
    public void Add(Answer answer)
    {
        Examples++;
        _rows.Add(answer.Row);
        _promptTokens += answer.PromptTokens;
        _longest = Math.Max(_longest, answer.PromptTokens);
        _didNotFit += answer.Prediction is null ? 1 : 0;
        _choices |= answer.ChoiceLogProbs is not null;
    }

    /// <summary>The sums.</summary>
    public EvaluationSummary Build() =>
        new(contender, _rows.Count, Examples, _promptTokens, _longest, window, _didNotFit, shots ?? [], _choices);
}
