using Finetune.Engine.Models;

namespace Finetune.Engine.Training.Objectives;

/// <summary>Cuts the items of a step into passes.</summary>
/// <param name="options">How it is asked for.</param>
/// <param name="shape">The model's.</param>
/// <param name="byTwos">Whether two run at once: then there is an even number of passes, of about the same size.</param>
internal sealed class StepPasses(TrainingOptions options, ModelShape shape, bool byTwos)
{
    /// <summary>Whether two run at once.</summary>
    public bool ByTwos => byTwos;

    private readonly int _budget = TokenBudget.OfTraining(shape, options.Precision);

    /// <summary>By number where one is set, else by tokens.</summary>
    public IReadOnlyList<IReadOnlyList<T>> Of<T>(T[] items, Func<T, int> tokens) =>
        options.OptimizerInBackward ? [items]
        : options.MicroBatchSize is { } size ? [.. items.Chunk(size)]
        : byTwos ? Even(items, tokens)
        : [.. TokenBudget.Cut(items, tokens, _budget)];

    // Two passes together have about the tokens of one: an item goes where its middle lies.
    private List<T[]> Even<T>(T[] items, Func<T, int> tokens)
    {
        var total = items.Sum(item => (long)tokens(item));
        var count = 2 * ((total + _budget - 1) / _budget);
        var passes = Enumerable.Range(0, (int)count).Select(_ => new List<T>()).ToList();
        var before = 0L;
        foreach (var item in items)
        {
            var twiceMiddle = 2 * before + tokens(item);
            passes[(int)(count * twiceMiddle / (2 * total))].Add(item);
            before += tokens(item);
        }

        return [.. passes.Where(pass => pass.Count > 0).Select(pass => pass.ToArray())];
    }
}
