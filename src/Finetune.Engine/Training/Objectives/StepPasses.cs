using Finetune.Engine.Models;

namespace Finetune.Engine.Training.Objectives;

/// <summary>Cuts the items of a step into passes.</summary>
internal static class StepPasses
{
    /// <summary>By number where one is set, else by tokens.</summary>
    public static IReadOnlyList<IReadOnlyList<T>> Of<T>(
        T[] items,
        Func<T, int> tokens,
        TrainingOptions options,
        ModelShape shape
    ) =>
        options.OptimizerInBackward ? [items]
        : options.MicroBatchSize is { } size ? [.. items.Chunk(size)]
        : [.. TokenBudget.Cut(items, tokens, TokenBudget.OfTraining(shape, options.Precision))];

    /// <summary>Tokens of the largest pass there can be.</summary>
    /// <param name="longest">Of the longest item.</param>
    /// <param name="options">How a step is cut.</param>
    /// <param name="shape">The model's.</param>
    public static long Largest(long longest, TrainingOptions options, ModelShape shape) =>
        options.OptimizerInBackward ? options.BatchSize * longest
        : options.MicroBatchSize is { } size ? size * longest
        : Math.Max(longest, TokenBudget.OfTraining(shape, options.Precision));
}
