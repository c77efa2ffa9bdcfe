using System.Text.Json;
using Finetune.Engine.Metrics;
using Finetune.Stages.Artifacts;

namespace Finetune.Tests.Stages;

/// <summary>Answers that no model gave, of a wanted accuracy, the same from the same seed.</summary>
internal static class InventedAnswers
{
    /// <summary>Answers among labels; rows go round the labels.</summary>
    public static IReadOnlyList<Answer> AmongChoices(
        IReadOnlyList<string> labels,
        int rows,
        double accuracy,
        ulong seed,
        IReadOnlyList<string>? templates = null,
        int shotTokens = 0,
        Func<int, string>? message = null
    )
    {
        var random = new SplitMix64(seed);
        var examples = shotTokens == 0 ? "" : "Example: lost_card\n\n";
        var answers = new List<Answer>();
        for (var row = 1; row <= rows; row++)
        {
            foreach (var template in templates ?? ["ask"])
            {
                var reference = labels[row % labels.Count];
                var right = random.Below(1000) < accuracy * 1000;
                var prediction = right ? reference : labels[(row + 1 + random.Below(labels.Count)) % labels.Count];
                var text = message?.Invoke(row) ?? $"Invented message {row}, about something or other";
                answers.Add(
                    new Answer(
                        row,
                        template,
                        $"{examples}Which intent does this message express?\nMessage: {text}\nIntent:",
                        reference,
                        prediction,
                        ExactMatch.Is(prediction, reference),
                        24 + random.Below(30) + shotTokens,
                        -3 * (1.3 - accuracy) - random.Below(100) / 100.0,
                        3,
                        right ? 3 : 1,
                        null,
                        labels.ToDictionary(l => l, l => l == prediction ? -1.0 : -3 - random.Below(100) / 100.0),
                        [new(" " + reference[..1], right ? -0.01 : -2.5), new(reference[1..], -0.4), new("</s>", -0.02)]
                    )
                );
            }
        }

        return answers;
    }

    public static void Write(string path, IEnumerable<Answer> answers) =>
        File.WriteAllLines(path, answers.Select(a => JsonSerializer.Serialize(a, StageJson.Options)));

    public static EvaluationSummary Summary(
        string name,
        IReadOnlyList<Answer> answers,
        IReadOnlyList<long>? shots = null
    ) =>
        new(
            name,
            answers.Select(a => a.Row).Distinct().Count(),
            answers.Count,
            answers.Sum(a => (long)a.PromptTokens),
            answers.Max(a => a.PromptTokens),
            512,
            answers.Count(a => a.Prediction is null),
            shots ?? [],
            answers.Any(a => a.ChoiceLogProbs is not null)
        );
}
