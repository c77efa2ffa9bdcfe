using Finetune.Engine.Metrics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>What a verdict needs of an answer; prompts are left on disk.</summary>
internal readonly record struct Answered(
    long Row,
    string Template,
    string Reference,
    string? Prediction,
    bool Correct,
    bool Matches,
    int PromptTokens,
    double? LogProb,
    int LabelTokens,
    int LabelTokensRight,
    string? Stop,
    bool AmongChoices
)
{
    /// <summary>One contender's answers in file order, texts shared where they repeat.</summary>
    public static List<Answered> ReadAll(string path, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var answers = new List<Answered>();
        foreach (var answer in AnswerFile.Read(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            answers.Add(
                new Answered(
                    answer.Row,
                    Shared(texts, answer.Template)!,
                    Shared(texts, answer.Reference)!,
                    Shared(texts, answer.Prediction),
                    answer.Correct,
                    ExactMatch.Is(answer.Prediction, answer.Reference),
                    answer.PromptTokens,
                    answer.LogProb,
                    answer.LabelTokens,
                    answer.LabelTokensRight,
                    Shared(texts, answer.Stop),
                    answer.ChoiceLogProbs is not null
                )
            );
        }

        return answers;
    }

    private static string? Shared(Dictionary<string, string> texts, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!texts.TryGetValue(text, out var known))
        {
            texts[text] = known = text;
        }

        return known;
    }
}
