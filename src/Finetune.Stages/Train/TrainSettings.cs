using System.Text.Json.Serialization;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Train;

/// <summary>One training stage, every default resolved.</summary>
public sealed record TrainSettings
{
    /// <summary>Whether the model starts from random weights of <c>base</c>'s config.</summary>
    public required bool RandomInitialisation { get; init; }

    /// <summary><c>fp32</c> or <c>bf16</c>.</summary>
    public required string Precision { get; init; }

    /// <summary><c>nf4</c>, <c>nf4-double</c>, or null: how the base's linear layers are held. Not in the key where null.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Quantization { get; init; }

    /// <summary>Whether the adapter that it starts with is merged into the weights first. Not in the key where false.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MergeBefore { get; init; }

    /// <summary>Null for full fine-tuning.</summary>
    public required AdapterSettings? Adapter { get; init; }

    /// <summary>Names of the templates whose examples it trains on.</summary>
    public required IReadOnlyList<string> Templates { get; init; }

    /// <summary><c>completion</c>, <c>language-model</c> or <c>preference</c>.</summary>
    public required string Objective { get; init; }

    /// <summary>How completions are compared, where that is the objective.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PreferenceSettings? Preference { get; init; }

    /// <summary>Passes over the data; null when <see cref="MaxSteps"/> is set.</summary>
    public required int? Epochs { get; init; }

    /// <summary>Optimizer steps in all.</summary>
    public required int? MaxSteps { get; init; }

    /// <summary>Examples in one optimizer step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Examples in one pass; null: what fits.</summary>
    public required int? MicroBatchSize { get; init; }

    /// <summary>Whether weights are moved within the backward pass. Not in the key where false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OptimizerInBackward { get; init; }

    /// <summary>By seed and epoch; false is file order.</summary>
    public required bool Shuffle { get; init; }

    /// <summary>Peak learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary><c>constant</c>, <c>linear</c>, <c>cosine</c>, <c>cosine_with_restarts</c>,
    /// <c>cosine_warmup_with_min_lr</c>, <c>polynomial</c>, <c>inverse_sqrt</c> or <c>wsd</c>.</summary>
    public required string Schedule { get; init; }

    /// <summary>Warm-up as a share of all steps, rounded up; used when <see cref="WarmupSteps"/> is null.</summary>
    public required double WarmupRatio { get; init; }

    /// <summary>Warm-up steps.</summary>
    public required int? WarmupSteps { get; init; }

    /// <summary>Last learning rate as a share of the peak.</summary>
    public required double Floor { get; init; }

    /// <summary>Waves of a cosine, falls of one with restarts; null: the kind's own.</summary>
    public required double? Cycles { get; init; }

    /// <summary>Of a polynomial.</summary>
    public required double Power { get; init; }

    /// <summary>The fall of <c>wsd</c> as a share of all steps.</summary>
    public required double DecayRatio { get; init; }

    /// <summary>Its form: <c>cosine</c>, <c>linear</c> or <c>1-sqrt</c>.</summary>
    public required string Decay { get; init; }

    /// <summary>AdamW's first decay rate.</summary>
    public required double Beta1 { get; init; }

    /// <summary>AdamW's second decay rate.</summary>
    public required double Beta2 { get; init; }

    /// <summary>AdamW's epsilon.</summary>
    public required double Epsilon { get; init; }

    /// <summary>Decoupled weight decay; not on norms and biases.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>Gradient norm limit; 0 is off.</summary>
    public required double MaxGradNorm { get; init; }

    /// <summary>Optimizer steps between validations; null: ten times a training.</summary>
    public required int? ValidateEvery { get; init; }

    /// <summary>Validation answers in the log; not in the key where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Samples { get; init; }

    /// <summary><c>validation_loss</c>, <c>validation_accuracy</c> or <c>last</c>.</summary>
    public required string Keep { get; init; }

    /// <summary>Validations without gain before it stops; null is off.</summary>
    public required int? EarlyStop { get; init; }

    /// <summary>How free-text answers are generated for the validation accuracy.</summary>
    public required int MaxNewTokens { get; init; }

    /// <summary>See TokenizeSettings.</summary>
    public required string Boundary { get; init; }

    /// <summary>The longest sequence, for validation prompts.</summary>
    public required int MaxLength { get; init; }

    /// <summary>Seeds order, dropout and initialisation.</summary>
    public required long Seed { get; init; }

    /// <summary>How the validation accuracy reads generated text. Not in the key where it takes all of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnswerSettings? Answers { get; init; }

    /// <summary>Which choice is the answer for the validation accuracy. Not in the key where it is the likeliest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ChoiceScore { get; init; }

    /// <summary>The optimizer where it is not AdamW; the constants above are its own. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OptimizerSettings? Optimizer { get; init; }

    /// <summary>First rate of <c>cosine_warmup_with_min_lr</c> as a share of the peak. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WarmupFloor { get; init; }

    /// <summary>Patterns of weights without decay. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? NoDecay { get; init; }

    /// <summary>Times the rate of LoRA's B. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LoraplusLrRatio { get; init; }

    /// <summary>Times the rate of a layer, for each layer above. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LayerLrDecay { get; init; }

    /// <summary>Patterns of the only trained weights. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? TrainOnly { get; init; }

    /// <summary>Patterns of weights that stay. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Freeze { get; init; }

    /// <summary>Alpha of the noise on embeddings. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? NeftuneNoiseAlpha { get; init; }

    /// <summary>Share of a label spread over all tokens. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double LabelSmoothing { get; init; }

    /// <summary>Times the squared logsumexp. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double ZLoss { get; init; }

    /// <summary>Decay of the weights' average. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EmaDecay { get; init; }

    /// <summary>Minutes after which it ends. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaxMinutes { get; init; }

    /// <summary>When leaps of the loss end it. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WatchdogSettings? LossWatchdog { get; init; }

    /// <summary>What the log holds besides. Not in the key where it is off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Log { get; init; }
}

/// <summary>A LoRA adapter.</summary>
/// <param name="Rank">r.</param>
/// <param name="Alpha">alpha; scale is alpha / r, or alpha / sqrt(r) with rsLoRA.</param>
/// <param name="Dropout">On the adapter's input.</param>
/// <param name="Rslora">Rank-stabilised scale.</param>
/// <param name="Targets">Null for all linear layers but the head; else module name suffixes.</param>
/// <param name="Dora">Magnitude and direction apart.</param>
/// <param name="ModulesToSave">Ends of names of modules that are trained whole.</param>
/// <param name="Bias"><c>none</c>, <c>all</c> or <c>lora_only</c>.</param>
public sealed record AdapterSettings(
    int Rank,
    double Alpha,
    double Dropout,
    bool Rslora,
    IReadOnlyList<string>? Targets,
    bool Dora,
    IReadOnlyList<string> ModulesToSave,
    string Bias
)
{
    /// <summary>The decoder layers it sits on. Not in the key where it is on all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AdapterLayerSettings? Layers { get; init; }
}

/// <summary>Which decoder layers an adapter sits on.</summary>
/// <param name="Last">So many of the last; null where numbers say it.</param>
/// <param name="Numbers">Their numbers, from 0; null where a count says it.</param>
public sealed record AdapterLayerSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Last,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Numbers
);
