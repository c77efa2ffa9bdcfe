using Finetune.Engine.Models;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>The loop of one training.</summary>
internal sealed class TrainingRun : IDisposable
{
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromMinutes(1);

    private readonly CausalModel _model;
    private readonly IReadOnlyList<TrainingExample> _train;
    private readonly IReadOnlyList<TrainingExample> _validation;
    private readonly Func<CausalModel, double>? _accuracy;
    private readonly TrainingOptions _options;
    private readonly TrainableWeights _weights;
    private readonly AdamW _optimizer;
    private readonly OptimizerStep _stepper;
    private readonly StepOrder _order;
    private readonly Schedule _schedule;
    private readonly int _validateEvery;
    private readonly CheckpointFolder _checkpoints;
    private readonly TrainingLog _log;
    private readonly ProgressMeter _meter;
    private readonly int? _resumedFrom;
    private TrainingState _state;
    private long _checkpointed;

    /// <summary>Takes hold of the model and of the last checkpoint, if there is one.</summary>
    public TrainingRun(
        CausalModel model,
        IReadOnlyList<TrainingExample> train,
        IReadOnlyList<TrainingExample> validation,
        Func<CausalModel, double>? accuracy,
        TrainingOptions options,
        string checkpointFolder,
        IProgress<TrainingProgress>? progress
    )
    {
        Allocator.KeepMemory();
        // Also keeps the matrix library from choosing its thread count by load, which would change rounding.
        set_num_threads(get_num_threads());
        (_model, _train, _validation, _accuracy, _options) = (model, train, validation, accuracy, options);
        _weights = new TrainableWeights(model, options.Precision);
        _optimizer = new AdamW(_weights.Masters, options.Optimizer);
        _stepper = new OptimizerStep(model, _weights, _optimizer, options.MaxGradNorm);
        _order = new StepOrder(train.Count, options);
        var total = _order.TotalSteps;
        _schedule = new Schedule(
            options.Schedule,
            options.WarmupSteps ?? Schedule.Warmup(options.WarmupRatio, total),
            options.Floor
        )
        {
            Cycles = options.ScheduleCycles,
            Power = options.SchedulePower,
            DecaySteps = Schedule.Warmup(options.DecayRatio, total),
            DecayShape = options.DecayShape,
        };
        _validateEvery = Math.Max(1, options.ValidateEvery ?? (total + 9) / 10);
        _checkpoints = new CheckpointFolder(checkpointFolder, _weights.Names);
        var identity = TrainingIdentity.Of(options, train, validation, _weights);
        var resumed = _checkpoints.Load(identity, _weights.Masters, _optimizer);
        _state = resumed ?? new TrainingState { Identity = identity };
        _resumedFrom = resumed?.Step;
        _weights.Publish();
        _log = new TrainingLog(_checkpoints.LogPath, _state.LogLength);
        _meter = new ProgressMeter(options.Clock, progress, total, _order.StepsPerEpoch);
        _checkpointed = options.Clock.GetTimestamp();
    }

    private bool StoppedEarly => _options.EarlyStop is { } patience && _state.WithoutGain >= patience;

    private bool AtEnd => _state.Step >= _order.TotalSteps || StoppedEarly;

    private bool ValidationDue =>
        _validation.Count > 0
        && _state.Step > _state.Validated
        && (_state.Step % _validateEvery == 0 || _state.Step >= _order.TotalSteps);

    /// <summary>Runs until the last step or an early stop.</summary>
    public TrainingResult ToEnd(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (ValidationDue)
                {
                    Validate();
                    Checkpoint();
                }

                if (AtEnd)
                {
                    break;
                }

                cancellationToken.ThrowIfCancellationRequested();
                CollectionPause.Breathe();
                Step();
                if (CheckpointDue())
                {
                    Checkpoint();
                }
            }
        }
        catch (OperationCanceledException)
        {
            Checkpoint();
            throw;
        }

        Checkpoint();
        return Finish();
    }

    /// <summary>Puts a copy of the log where it is wanted.</summary>
    public void CopyLog(string path)
    {
        _log.Flush();
        File.Copy(_checkpoints.LogPath, path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _optimizer.Dispose();
        _weights.Dispose();
    }

    private void Step()
    {
        var rows = _order.Next(_state.Step).ToArray();
        var number = _state.Step + 1;
        var rate = _schedule.Rate(_options.LearningRate, _state.Step, _order.TotalSteps);
        // Dropout depends on seed and step alone, so that a checkpoint holds no generator.
        using (manual_seed((long)(CounterRandom.Bits(_options.Seed, 1, (ulong)number) >> 1))) { }

        _model.train();
        var outcome = _stepper.Run(Passes([.. rows.Select(row => _train[row])]), rate);
        if (!double.IsFinite(outcome.Loss) || !double.IsFinite(outcome.GradientNorm))
        {
            throw new TrainingDivergedException(number, rows, outcome.Loss, outcome.GradientNorm);
        }

        _state = _state with
        {
            Step = number,
            Tokens = _state.Tokens + outcome.Tokens,
            LabelTokens = _state.LabelTokens + outcome.LabelTokens,
        };
        _log.Step(number, number / (double)_order.StepsPerEpoch, outcome, rate, _state.Tokens);
        _meter.Step(number, outcome, rate);
    }

    private List<IReadOnlyList<TrainingExample>> Passes(TrainingExample[] examples) =>
        _options.MicroBatchSize is { } size
            ? [.. examples.Chunk(size)]
            : [.. TokenBudget.Cut(examples, e => e.Tokens, TokenBudget.OfTraining(_model.Shape))];

    private void Validate()
    {
        var loss = Validation.Loss(_model, _validation, _weights.Masters[0].device);
        if (!double.IsFinite(loss))
        {
            throw new TrainingDivergedException(_state.Step, [], loss, null);
        }

        var accuracy = _accuracy?.Invoke(_model);
        var byAccuracy = _options.Keep == KeepRule.ValidationAccuracy && accuracy is not null;
        var value = byAccuracy ? accuracy!.Value : loss;
        var gain = _state.BestValue is not { } best || (byAccuracy ? value > best : value < best);
        var save = gain && _options.Keep != KeepRule.Last;
        if (save)
        {
            _checkpoints.SaveBest(_state.Step, _weights.Masters);
        }

        _state = _state with
        {
            Validated = _state.Step,
            BestStep = gain ? _state.Step : _state.BestStep,
            BestValue = gain ? value : _state.BestValue,
            BestWeights = save ? _state.Step : _state.BestWeights,
            WithoutGain = gain ? 0 : _state.WithoutGain + 1,
        };
        _log.Validation(_state.Step, loss, accuracy);
        _meter.Validation(loss, accuracy);
    }

    private bool CheckpointDue() =>
        _options.CheckpointEvery is { } every && _state.Step % every == 0
        || _options.Clock.GetElapsedTime(_checkpointed) >= BetweenCheckpoints;

    private void Checkpoint()
    {
        _state = _state with { LogLength = _log.Flush() };
        _checkpoints.Save(_state, _weights.Masters, _optimizer);
        _checkpointed = _options.Clock.GetTimestamp();
    }

    private TrainingResult Finish()
    {
        var kept = _options.Keep == KeepRule.Last ? _state.Step : _state.BestStep ?? _state.Step;
        if (kept != _state.Step)
        {
            _checkpoints.LoadBest(kept, _weights.Masters);
        }

        return new TrainingResult(
            _state.Step,
            _order.TotalSteps,
            kept,
            _state.BestStep,
            _state.BestValue,
            _state.Tokens,
            _state.LabelTokens,
            _weights.Masters.Sum(w => w.numel()),
            StoppedEarly && _state.Step < _order.TotalSteps,
            _resumedFrom,
            _meter.Seconds
        );
    }
}
