using System.Globalization;
using Finetune.Graph.Planning;

namespace Finetune.Cli.Pipelines;

/// <summary>A sign of life as a person reads it.</summary>
internal static class ProgressText
{
    private static readonly (string Key, string Label, string Format)[] Shown =
    [
        ("loss", "loss", "0.000"),
        ("validation_loss", "validation loss", "0.000"),
        ("validation_accuracy", "validation accuracy", "0.0 %"),
        ("tokens_per_second", "tokens/s", "#,0"),
    ];

    /// <summary>One line.</summary>
    public static string Of(StageProgress progress)
    {
        List<string> parts =
        [
            progress.Done is { } done
                ? string.Create(CultureInfo.InvariantCulture, $"{progress.Message} {done}{Total(progress.Total)}")
                : progress.Message,
        ];
        foreach (var (key, label, format) in Shown)
        {
            if (progress.Values?.TryGetValue(key, out var value) == true && double.IsFinite(value))
            {
                parts.Add($"{label} {value.ToString(format, CultureInfo.InvariantCulture)}");
            }
        }

        return string.Join(", ", parts);
    }

    private static string Total(long? total) =>
        total is null ? "" : string.Create(CultureInfo.InvariantCulture, $"/{total}");
}
