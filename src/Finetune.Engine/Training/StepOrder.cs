namespace Finetune.Engine.Training;

/// <summary>
/// Which examples each step takes: a function of the step alone, so that a resumed training needs no cursor. An epoch's
/// last step takes what is left of it.
/// </summary>
internal sealed class StepOrder
{
    private readonly int _examples;
    private readonly TrainingOptions _options;
    private int _epoch = -1;
    private int[] _order = [];

    /// <summary>The order of a training.</summary>
    /// <param name="examples">How many there are; at least one.</param>
    /// <param name="options">Batch size, epochs, shuffling.</param>
    public StepOrder(int examples, TrainingOptions options)
    {
        _examples = examples;
        _options = options;
        StepsPerEpoch = (examples + options.BatchSize - 1) / options.BatchSize;
        TotalSteps = options.MaxSteps ?? checked(StepsPerEpoch * options.Epochs);
    }

    /// <summary>Steps of one pass over the data.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Steps of the whole training.</summary>
    public int TotalSteps { get; }

    /// <summary>Indices of the examples of the step that follows <paramref name="stepsDone"/> finished ones.</summary>
    public ReadOnlySpan<int> Next(int stepsDone)
    {
        var (epoch, place) = Math.DivRem(stepsDone, StepsPerEpoch);
        if (epoch != _epoch)
        {
            _epoch = epoch;
            _order = _options.Shuffle
                ? SeededOrder.Of(_examples, _options.Seed, epoch)
                : [.. Enumerable.Range(0, _examples)];
        }

        var start = place * _options.BatchSize;
        return _order.AsSpan(start, Math.Min(_options.BatchSize, _examples - start));
    }
}
