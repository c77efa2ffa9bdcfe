using System.Text.Json.Serialization;

namespace Finetune.Stages.Train;

/// <summary>An optimizer other than AdamW: what it has besides AdamW's constants. What it lacks is null and not in the
/// key.</summary>
/// <param name="Kind"><c>adamw_8bit</c>, <c>adam</c>, <c>adafactor</c>, <c>sgd</c>, <c>lion</c> or <c>muon</c>.</param>
public sealed record OptimizerSettings(string Kind)
{
    /// <summary>Decay of the sum of gradients.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Momentum { get; init; }

    /// <summary>Whether it looks ahead.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Nesterov { get; init; }

    /// <summary>Of SGD.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Dampening { get; init; }

    /// <summary>Of Adafactor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DecayRate { get; init; }

    /// <summary>Of Adafactor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ClipThreshold { get; init; }

    /// <summary>Of Adafactor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ScaleParameter { get; init; }

    /// <summary>Of Adafactor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? RelativeStep { get; init; }

    /// <summary>Of Adafactor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? WarmupInit { get; init; }

    /// <summary>Of Muon.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Rounds { get; init; }

    /// <summary>Of Muon: whether updates have AdamW's size.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? MatchRms { get; init; }
}

/// <summary>When a training is ended because its loss leaps.</summary>
/// <param name="Factor">Times the median.</param>
/// <param name="Patience">Spikes one after another.</param>
/// <param name="Window">Losses of the median.</param>
public sealed record WatchdogSettings(double Factor, int Patience, int Window);
