using Finetune.Engine.Models;
using Finetune.Engine.Training.Optimizers;

namespace Finetune.Engine.Training;

/// <summary>Which weights a training leaves.</summary>
public enum KeepRule
{
    /// <summary>Those of the last step.</summary>
    Last,

    /// <summary>Those with the lowest validation loss; the earliest of equals.</summary>
    ValidationLoss,

    /// <summary>Those with the highest validation accuracy; the earliest of equals.</summary>
    ValidationAccuracy,
}

/// <summary>Everything a training depends on besides model and data.</summary>
public sealed record TrainingOptions
{
    /// <summary>What the model computes in; weights, moments and sums are float32.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Passes over the data, unless <see cref="MaxSteps"/> is set.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Optimizer steps in all; null: as many as the epochs have.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Examples of one optimizer step; the last of an epoch takes what is left.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Examples of one pass; null: as many as <see cref="TokenBudget"/> gives room.</summary>
    public int? MicroBatchSize { get; init; }

    /// <summary>A new order each epoch, by seed; false: file order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>Form after the warm-up.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>Warm-up as a share of all steps, rounded up; not used where <see cref="WarmupSteps"/> is set.</summary>
    public double WarmupRatio { get; init; }

    /// <summary>Warm-up in steps.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>Last learning rate as a share of the highest.</summary>
    public double Floor { get; init; }

    /// <summary>Waves of a cosine; see <see cref="Training.Schedule.Cycles"/>.</summary>
    public double? ScheduleCycles { get; init; }

    /// <summary>Power of a polynomial schedule.</summary>
    public double SchedulePower { get; init; } = 1;

    /// <summary>The fall of a warm-up–stable–decay schedule as a share of all steps, rounded up.</summary>
    public double DecayRatio { get; init; } = 0.2;

    /// <summary>Its form.</summary>
    public ScheduleShape DecayShape { get; init; }

    /// <summary>First learning rate of <see cref="ScheduleKind.CosineWarmupWithFloor"/> as a share of the highest; null:
    /// the warm-up begins above 0, at a step's share.</summary>
    public double? WarmupFloor { get; init; }

    /// <summary>The optimizer and its constants.</summary>
    public OptimizerOptions Optimizer { get; init; } = new AdamWOptions();

    /// <summary>What single weights get of rate and decay.</summary>
    public WeightGroups Groups { get; init; } = new();

    /// <summary>What a label costs in training; validation is -log p alone.</summary>
    public LossOptions Loss { get; init; } = LossOptions.Plain;

    /// <summary>NEFTune's alpha: noise on embeddings in training; 0 is off.</summary>
    public double EmbeddingNoise { get; init; }

    /// <summary>Decay of an average of the weights, which is what is validated and kept; null is off.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Whether the log has the gradient noise scale, where steps have several passes.</summary>
    public bool LogNoiseScale { get; init; }

    /// <summary>Whether the log has the mean entropy of the distributions at labels, in nats.</summary>
    public bool LogEntropy { get; init; }

    /// <summary>Whether the log has the share of labels that were the likeliest token.</summary>
    public bool LogTokenAccuracy { get; init; }

    /// <summary>Minutes after which no further step begins; null is off. What comes of it depends on the clock.</summary>
    public double? MaxMinutes { get; init; }

    /// <summary>Ends a training whose loss leaps; null is off.</summary>
    public WatchdogOptions? Watchdog { get; init; }

    /// <summary>Limit of the gradients' norm; 0 is off.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Whether each layer's weights are moved, and their gradients freed, as soon as the backward pass has left
    /// the layer. Every step is one pass then; the norm is measured, but nothing is clipped by it.</summary>
    public bool OptimizerInBackward { get; init; }

    /// <summary>Steps between validations; null: ten times a training.</summary>
    public int? ValidateEvery { get; init; }

    /// <summary>Which weights are left; the last without validation examples.</summary>
    public KeepRule Keep { get; init; } = KeepRule.ValidationLoss;

    /// <summary>Validations without gain before it stops; null is off.</summary>
    public int? EarlyStop { get; init; }

    /// <summary>Seeds order and dropout.</summary>
    public long Seed { get; init; }

    /// <summary>Steps between checkpoints, besides those at validations, at the end and every minute; null: those only.
    /// No number of a training depends on it.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>For rates in progress reports and for the minutes between checkpoints.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
