using System.Text.Json;
using System.Text.Json.Serialization;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Report.Facts;

/// <summary>A training log, thinned: each loss point is the mean of neighbouring steps where there are too many.</summary>
/// <param name="Steps">Loss, learning rate and gradient norm.</param>
/// <param name="Validations">All of them.</param>
internal sealed record TrainingCurve(IReadOnlyList<StepPoint> Steps, IReadOnlyList<ValidationPoint> Validations)
{
    // More points than a chart has pixels only make the file larger.
    private const int Most = 400;

    /// <summary>Reads <c>log.jsonl</c>.</summary>
    public static TrainingCurve Read(string path)
    {
        var steps = new List<StepPoint>();
        var validations = new List<ValidationPoint>();
        foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
        {
            using var entry = JsonDocument.Parse(line);
            var root = entry.RootElement;
            var step = Number(root, "step") ?? 0;
            if (Number(root, "loss") is { } loss)
            {
                steps.Add(
                    new StepPoint(step, loss, Number(root, "learning_rate"), Number(root, "grad_norm"))
                    {
                        RewardChosen = Number(root, "rewards/chosen"),
                        RewardRejected = Number(root, "rewards/rejected"),
                        RewardAccuracy = Number(root, "rewards/accuracies"),
                    }
                );
            }
            else if (root.TryGetProperty("validation_loss", out _))
            {
                validations.Add(
                    new ValidationPoint(step, Number(root, "validation_loss"), Number(root, "validation_accuracy"))
                    {
                        Samples = Samples(root),
                    }
                );
            }
        }

        return new TrainingCurve(Thin(steps), validations);
    }

    private static List<StepPoint> Thin(List<StepPoint> steps)
    {
        var width = (steps.Count + Most - 1) / Most;
        return width <= 1
            ? steps
            :
            [
                .. steps
                    .Chunk(width)
                    .Select(chunk => new StepPoint(
                        chunk[^1].Step,
                        chunk.Average(p => p.Loss),
                        chunk[^1].LearningRate,
                        chunk.Max(p => p.GradNorm)
                    )
                    {
                        RewardChosen = chunk.Average(p => p.RewardChosen),
                        RewardRejected = chunk.Average(p => p.RewardRejected),
                        RewardAccuracy = chunk.Average(p => p.RewardAccuracy),
                    }),
            ];
    }

    private static List<LoggedAnswer>? Samples(JsonElement entry) =>
        entry.TryGetProperty("samples", out var samples)
            ? samples.Deserialize<List<LoggedAnswer>>(StageJson.Options)
            : null;

    private static double? Number(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}

/// <summary>An optimizer step.</summary>
internal readonly record struct StepPoint(double Step, double Loss, double? LearningRate, double? GradNorm)
{
    /// <summary>Mean reward of chosen completions, where preferences are learned.</summary>
    public double? RewardChosen { get; init; }

    /// <summary>Mean reward of rejected completions.</summary>
    public double? RewardRejected { get; init; }

    /// <summary>Share of pairs whose chosen completion has the higher reward.</summary>
    public double? RewardAccuracy { get; init; }
}

/// <summary>A validation.</summary>
internal readonly record struct ValidationPoint(double Step, double? Loss, double? Accuracy)
{
    /// <summary>Some of the answers; null where none were logged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LoggedAnswer>? Samples { get; init; }
}

/// <summary>An answer to a validation row while training.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Template">The wording.</param>
/// <param name="Prompt">What was asked.</param>
/// <param name="Reference">What was right.</param>
/// <param name="Prediction">What was answered; null where the prompt did not fit.</param>
/// <param name="Correct">Whether it was right.</param>
internal sealed record LoggedAnswer(
    long Row,
    string Template,
    string Prompt,
    string Reference,
    string? Prediction,
    bool Correct
);
