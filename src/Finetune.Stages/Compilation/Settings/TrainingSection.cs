using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>One training stage.</summary>
public sealed record TrainingSection
{
    /// <summary>Its name; the step is train.NAME.</summary>
    [Names]
    [Example("\"instruct\"")]
    public required string Name { get; init; }

    /// <summary>The templates it trains on: every row in every one, row by row. Default: all; with the objective preference, all that have a rejected completion.</summary>
    [NotEmpty]
    [Example("""["ask"]""")]
    public IReadOnlyList<string>? Templates { get; init; }

    /// <summary>Whether loss falls on the completion alone, on every token (language-model), or a better completion is preferred to a worse one (preference: DPO and its kind).</summary>
    [Words("completion", "language-model", "preference")]
    [Example("\"completion\"")]
    public string Objective { get; init; } = "completion";

    /// <summary>The loss of the objective preference. Default: DPO with a beta of 0.1.</summary>
    [Example("""{ "loss": "dpo", "beta": 0.1 }""")]
    public PreferenceSection? Preference { get; init; }

    /// <summary>What becomes of the adapter of the stage before: continue trains it on; merge adds it to the weights and
    /// begins a fresh one as model.adapter says; none adds it to the weights and trains all of them; an adapter of its own
    /// begins fresh on the merged weights. Default: continue (in the first stage: model.adapter).</summary>
    [OneOf(typeof(Word), typeof(AdapterSection), Words = ["continue", "merge", "none"])]
    [Example("\"merge\"")]
    public StageAdapter? Adapter { get; init; }

    /// <summary>Passes over the training rows. Default: 3, unless max_steps is set.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("3")]
    public int? Epochs { get; init; }

    /// <summary>Optimizer steps in all, instead of epochs. Default: none.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("500")]
    public int? MaxSteps { get; init; }

    /// <summary>Examples in one optimizer step.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("16")]
    public int BatchSize { get; init; } = 16;

    /// <summary>Examples in one pass; the loss is the same but for rounding. Default: what fits.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("8")]
    public int? MicroBatchSize { get; init; }

    /// <summary>What is kept of a pass for its gradient: none is recomputed, or each layer keeps its input and is computed again: the same numbers in less memory and more time. auto: layer where this machine would have too little memory otherwise.</summary>
    [Words("none", "layer", "auto")]
    [Example("\"layer\"")]
    public string Checkpointing { get; init; } = "none";

    /// <summary>Whether what the frozen layers below the lowest adapter make of every example is computed once, as a step of its own, and read in every epoch, run and sweep: faster, in 4 bytes a token and hidden value on disk (2 in bf16). Default: true with model.adapter.layers, where nothing else changes what goes into them.</summary>
    [Example("false")]
    public bool? CachePrefix { get; init; }

    /// <summary>Whether the order changes by seed and epoch; false: file order.</summary>
    [Example("true")]
    public bool Shuffle { get; init; } = true;

    /// <summary>The highest learning rate. Default: 2e-4 with an adapter, 2e-5 without; with the objective preference, 1e-5 and 1e-6.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("0.0002")]
    public double? LearningRate { get; init; }

    /// <summary>How the learning rate goes. A bare word has no warm-up and ends at 0.</summary>
    [OneOf(
        typeof(Word),
        typeof(ScheduleSection),
        Words = [
            "constant",
            "linear",
            "cosine",
            "cosine_with_restarts",
            "cosine_warmup_with_min_lr",
            "polynomial",
            "inverse_sqrt",
            "wsd",
        ]
    )]
    [Example("""{ "kind": "cosine", "warmup_ratio": 0.03, "floor": 0.1 }""")]
    public ScheduleSection Schedule { get; init; } = new();

    /// <summary>The optimizer: its name, or an object with its constants.</summary>
    [OneOf(
        typeof(Word),
        typeof(OptimizerSection),
        Words = ["adamw", "adamw_8bit", "adam", "adafactor", "sgd", "lion", "muon"]
    )]
    [Example("""{ "kind": "adamw", "weight_decay": 0.01 }""")]
    public OptimizerSection Optimizer { get; init; } = new();

    /// <summary>Whether a layer's weights are moved, and its gradients freed, as soon as the backward pass has left it: less memory. Each step is one pass then, and the gradients' norm cannot be clipped (max_grad_norm: 0).</summary>
    [Example("true")]
    public bool OptimizerInBackward { get; init; }

    /// <summary>LoRA+: the learning rate of B, and of trained vectors, times this. Default: off.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("16")]
    public double? LoraplusLrRatio { get; init; }

    /// <summary>Layer-wise decay: the learning rate of a layer times this for itself and each layer above it; the embedding is below all. Default: off.</summary>
    [Bounds(0, 1, AboveMinimum = true)]
    [Example("0.9")]
    public double? LayerLrDecay { get; init; }

    /// <summary>The only weights that are trained: parts of their names between dots, * for any text. Default: all that could be.</summary>
    [NotEmpty]
    [Example("""["layers.10", "layers.11", "lm_head"]""")]
    public IReadOnlyList<string>? TrainOnly { get; init; }

    /// <summary>Weights that are not trained: parts of their names between dots, * for any text. Default: none.</summary>
    [NotEmpty]
    [Example("""["embed_tokens"]""")]
    public IReadOnlyList<string>? Freeze { get; init; }

    /// <summary>NEFTune: noise on embeddings in training, alpha / sqrt(length * width) at most. Default: off.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("5")]
    public double? NeftuneNoiseAlpha { get; init; }

    /// <summary>The share of a label that is spread over all tokens, in training; 0 is off.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.1")]
    public double LabelSmoothing { get; init; }

    /// <summary>Times the squared logsumexp of the logits, added to the loss in training; 0 is off.</summary>
    [Bounds(0, double.PositiveInfinity)]
    [Example("0.0001")]
    public double ZLoss { get; init; }

    /// <summary>Decay of an exponential moving average of the weights, which is what is validated and kept. Default: off.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.999")]
    public double? EmaDecay { get; init; }

    /// <summary>Minutes of training after which it ends with the step under way; the best weights are kept as ever. What comes of it depends on the clock. Default: none.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("30")]
    public double? MaxMinutes { get; init; }

    /// <summary>Ends a training whose loss leaps. Default: off.</summary>
    [Example("""{ "factor": 3, "patience": 3, "window": 20 }""")]
    public WatchdogSection? LossWatchdog { get; init; }

    /// <summary>What the training log holds besides: noise_scale (gradient_noise_scale, where steps have several passes), entropy (of the distributions at labels, in nats), mean_token_accuracy (labels that were the likeliest token). Default: nothing.</summary>
    [Words("noise_scale", "entropy", "mean_token_accuracy")]
    [NotEmpty]
    [Example("""["entropy", "mean_token_accuracy"]""")]
    public IReadOnlyList<string>? Log { get; init; }

    /// <summary>The largest norm of the gradient; 0 is off.</summary>
    [Bounds(0, double.PositiveInfinity)]
    [Example("1.0")]
    public double MaxGradNorm { get; init; } = 1.0;

    /// <summary>When the model is tried on the validation rows. Default: ten times a training.</summary>
    [Example("""{ "every": 50 }""")]
    public ValidateSection? Validate { get; init; }

    /// <summary>The weights that are kept: the best by a measure, or the last. Default: best validation_loss, where there are validation rows.</summary>
    [OneOf(typeof(Word), typeof(KeepBestSection), Words = ["last"])]
    [Example("""{ "best": "validation_accuracy" }""")]
    public KeepRule? Keep { get; init; }

    /// <summary>Validations without gain after which it stops. Default: off.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("5")]
    public int? EarlyStop { get; init; }
}

/// <summary>What becomes of the adapter of the stage before.</summary>
/// <param name="Word"><c>continue</c>, <c>merge</c> or <c>none</c>; <c>merge</c> where an adapter is written.</param>
/// <param name="Fresh">The adapter that begins; null: what model.adapter says.</param>
public sealed record StageAdapter(string Word, AdapterSection? Fresh);

/// <summary>When the model is tried on the validation rows.</summary>
public sealed record ValidateSection
{
    /// <summary>Optimizer steps between validations.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("50")]
    public required int Every { get; init; }

    /// <summary>How many validation rows' answers are shown each time, in the log and the report. Default: none.</summary>
    [Bounds(1, 100)]
    [Example("3")]
    public int? Samples { get; init; }
}

/// <summary>Which weights are kept.</summary>
/// <param name="Measure"><c>validation_loss</c>, <c>validation_accuracy</c> or <c>last</c>.</param>
public sealed record KeepRule(string Measure);

/// <summary>The best weights are kept.</summary>
public sealed record KeepBestSection
{
    /// <summary>The measure.</summary>
    [Words("validation_loss", "validation_accuracy")]
    [Example("\"validation_accuracy\"")]
    public required string Best { get; init; }
}
