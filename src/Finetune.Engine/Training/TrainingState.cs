using System.Text.Json;

namespace Finetune.Engine.Training;

/// <summary>Where a training is, besides weights and moments. Order, rate and dropout follow from the step.</summary>
internal sealed record TrainingState
{
    /// <summary>What the training depends on; a checkpoint of another training does not count.</summary>
    public required string Identity { get; init; }

    /// <summary>Finished steps.</summary>
    public int Step { get; init; }

    /// <summary>Tokens so far.</summary>
    public long Tokens { get; init; }

    /// <summary>Label tokens so far.</summary>
    public long LabelTokens { get; init; }

    /// <summary>The last step that was validated.</summary>
    public int Validated { get; init; }

    /// <summary>The best validation's step.</summary>
    public int? BestStep { get; init; }

    /// <summary>The best validation's value.</summary>
    public double? BestValue { get; init; }

    /// <summary>The step of the best weights that are kept in a file; null where the last are wanted.</summary>
    public int? BestWeights { get; init; }

    /// <summary>Validations since the best one.</summary>
    public int WithoutGain { get; init; }

    /// <summary>What the gradient noise scale is averaged from.</summary>
    public NoiseScale Noise { get; init; } = new();

    /// <summary>What the loss watchdog remembers.</summary>
    public LossWatchdog Watchdog { get; init; } = LossWatchdog.Start;

    /// <summary>Seconds of training so far, over all processes.</summary>
    public double Seconds { get; init; }

    /// <summary>Bytes of the log so far.</summary>
    public long LogLength { get; init; }

    /// <summary>As one line of text.</summary>
    public string ToText() => JsonSerializer.Serialize(this);

    /// <summary>From <see cref="ToText"/>; null for anything else.</summary>
    public static TrainingState? FromText(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingState>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
