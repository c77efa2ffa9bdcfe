using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using Finetune.Engine.Training.Objectives;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>The loop of one training.</summary>
internal sealed class TrainingRun : IDisposable
{
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromMinutes(1);

    private readonly CausalModel _model;
    private readonly IObjective _objective;
    private readonly TrainingOptions _options;
    private readonly TrainableWeights _weights;
    private readonly Optimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly LayerSteps? _moves;
    private readonly Replica? _replica;
    private readonly OptimizerStep _stepper;
    private readonly StepOrder _order;
    private readonly Schedule _schedule;
    private readonly int _validateEvery;
    private readonly CheckpointFolder _checkpoints;
    private readonly TrainingLog _log;
    private readonly ProgressMeter _meter;
    private readonly int? _resumedFrom;
    private readonly IDisposable _pause;
    private TrainingState _state;
    private readonly long _started;
    private readonly double _before;
    private long _checkpointed;
    private int _checkpointStep;
    private bool _outOfTime;

    /// <summary>Takes hold of the model and of the last checkpoint, if there is one.</summary>
    public TrainingRun(
        CausalModel model,
        IObjective objective,
        StepPasses cut,
        TrainingOptions options,
        string checkpointFolder,
        IProgress<TrainingProgress>? progress
    )
    {
        Allocator.KeepMemory();
        TensorHeap.Use();
        _pause = CollectionPause.Hold();
        // Also keeps the matrix library from choosing its thread count by load, which would change rounding.
        set_num_threads(get_num_threads());
        (_model, _objective, _options) = (model, objective, options);
        _weights = new TrainableWeights(model, options.Precision);
        var decay = options.Optimizer.WeightDecay;
        var rules = WeightRules.Of(model, _weights.Names, _weights.Masters, decay, options.Groups);
        _optimizer = new Optimizer(_weights.Masters, options.Optimizer, rules);
        _average = options.AverageDecay is { } d ? new WeightAverage(_weights.Masters, d) : null;
        _moves = options.OptimizerInBackward ? new LayerSteps(model, _weights, _optimizer) : null;
        _replica = cut.ByTwos ? new Replica(model) : null;
        _stepper = new OptimizerStep(model, _weights, _optimizer, options.MaxGradNorm)
        {
            MeasuresNoise = options.LogNoiseScale,
            InBackward = _moves,
            Replica = _replica,
        };
        _order = new StepOrder(objective.Count, options);
        var total = _order.TotalSteps;
        _schedule = Schedule.Of(options, total);
        _validateEvery = Math.Max(1, options.ValidateEvery ?? (total + 9) / 10);
        _checkpoints = new CheckpointFolder(checkpointFolder, _weights.Names);
        var identity = TrainingIdentity.Of(options, objective, _weights, rules);
        var resumed = _checkpoints.Load(identity, TrainingMemory.Of(_weights, _optimizer, _average));
        _state = resumed ?? new TrainingState { Identity = identity };
        _optimizer.Steps = _state.Step;
        _resumedFrom = resumed?.Step;
        _weights.Publish();
        _log = new TrainingLog(_checkpoints.LogPath, _state.LogLength);
        _meter = new ProgressMeter(options.Clock, progress, total, _order.StepsPerEpoch);
        _checkpointed = _started = options.Clock.GetTimestamp();
        _before = _state.Seconds;
        _checkpointStep = _state.Step;
        _outOfTime = _state.Step > 0 && TimeIsUp;
        Embedding.SetNoise(model, options.EmbeddingNoise);
    }

    private double Seconds => _before + _options.Clock.GetElapsedTime(_started).TotalSeconds;

    private bool TimeIsUp => _options.MaxMinutes is { } minutes && Seconds >= minutes * 60;

    private bool StoppedEarly => _options.EarlyStop is { } patience && _state.WithoutGain >= patience;

    private bool AtEnd => _state.Step >= _order.TotalSteps || StoppedEarly || _outOfTime;

    private bool ValidationDue =>
        _objective.ValidationCount > 0
        && _state.Step > _state.Validated
        && (_state.Step % _validateEvery == 0 || _state.Step >= _order.TotalSteps || _outOfTime);

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
                    if (CheckpointDue())
                    {
                        Checkpoint();
                    }
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
        Embedding.SetNoise(_model, 0);
        _moves?.Dispose();
        _replica?.Dispose();
        _optimizer.Dispose();
        _average?.Dispose();
        _weights.Dispose();
        _pause.Dispose();
    }

    private void Step()
    {
        var rows = _order.Next(_state.Step).ToArray();
        var number = _state.Step + 1;
        var scheduled = _schedule.Rate(_options.LearningRate, _state.Step, _order.TotalSteps);
        var rate = _options.Optimizer.Rate(scheduled, number);
        // Dropout and noise depend on seed and step alone, so that a checkpoint holds no generator.
        using (manual_seed((long)(CounterRandom.Bits(_options.Seed, 1, (ulong)number) >> 1))) { }

        _model.train();
        var outcome = _stepper.Run(_objective.Step(rows), rate);
        if (!double.IsFinite(outcome.Loss) || !double.IsFinite(outcome.GradientNorm))
        {
            throw new TrainingDivergedException(number, rows, outcome.Loss, outcome.GradientNorm);
        }

        _average?.Update();
        _state = _state with
        {
            Step = number,
            Tokens = _state.Tokens + outcome.Tokens,
            LabelTokens = _state.LabelTokens + outcome.LabelTokens,
            Noise = outcome.FirstPass is { } first
                ? _state.Noise.With(first, (outcome.GradientNorm * outcome.GradientNorm, outcome.Examples))
                : _state.Noise,
        };
        _log.Step(
            number,
            number / (double)_order.StepsPerEpoch,
            outcome,
            rate,
            _state.Tokens,
            outcome.FirstPass is null ? null : _state.Noise.Value
        );
        _meter.Step(number, outcome, rate);
        Watch(rows, outcome.Loss);
        _outOfTime = TimeIsUp;
    }

    private void Watch(int[] rows, double loss)
    {
        if (_options.Watchdog is not { } watchdog)
        {
            return;
        }

        _state = _state with { Watchdog = _state.Watchdog.With(loss, watchdog) };
        if (_state.Watchdog.Spikes >= watchdog.Patience)
        {
            var (median, spikes) = (_state.Watchdog.Median, _state.Watchdog.Spikes);
            throw new LossSpikeException(_state.Step, rows, loss, median, spikes, _checkpointStep);
        }
    }

    private void Validate()
    {
        // What is kept in the end is the average, so that is what is tried.
        ExchangeAverage();
        Measure();
        ExchangeAverage();
    }

    private void ExchangeAverage()
    {
        if (_average is not null)
        {
            _average.Exchange();
            _weights.Publish();
        }
    }

    private void Measure()
    {
        var (loss, answers) = _objective.Validate(_model);
        var accuracy = answers?.Accuracy;
        if (!double.IsFinite(loss))
        {
            throw new TrainingDivergedException(_state.Step, [], loss, null);
        }

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
        _log.Validation(_state.Step, loss, answers);
        _meter.Validation(loss, accuracy);
    }

    // A checkpoint is three times the weights, flushed to disk: what a kill costs is a minute, not a write a validation.
    // While the loss leaps, the one from before is the one to keep.
    private bool CheckpointDue() =>
        _state.Watchdog.Spikes == 0
        && (
            _options.CheckpointEvery is { } every && _state.Step % every == 0
            || _options.Clock.GetElapsedTime(_checkpointed) >= BetweenCheckpoints
        );

    private void Checkpoint()
    {
        if (_state.Watchdog.Spikes > 0)
        {
            return;
        }

        _state = _state with { LogLength = _log.Flush(), Seconds = Seconds };
        _checkpoints.Save(_state, TrainingMemory.Of(_weights, _optimizer, _average));
        _checkpointStep = _state.Step;
        _checkpointed = _options.Clock.GetTimestamp();
    }

    private TrainingResult Finish()
    {
        var kept = _options.Keep == KeepRule.Last ? _state.Step : _state.BestStep ?? _state.Step;
        if (kept != _state.Step)
        {
            _checkpoints.LoadBest(kept, _weights.Masters);
        }
        else
        {
            ExchangeAverage();
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
            _meter.Seconds,
            _outOfTime && _state.Step < _order.TotalSteps
        );
    }
}
