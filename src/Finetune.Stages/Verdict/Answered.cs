using Finetune.Engine.Metrics;
using Finetune.Stages.Answering;
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
    bool AmongChoices,
    bool Readable,
    TextScores Text,
    double? Confidence,
    IReadOnlyDictionary<string, double>? Own
)
{
    /// <summary>One contender's answers in file order, texts shared where they repeat.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reader">Reads generated text; null where all of it is the answer.</param>
    /// <param name="own">Metrics of the document's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static List<Answered> ReadAll(
        string path,
        AnswerReader? reader,
        OwnMetrics own,
        CancellationToken cancellationToken
    )
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var answers = new List<Answered>();
        foreach (var answer in AnswerFile.Read(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = answer.ChoiceLogProbs is null ? reader : null;
            answers.Add(
                new Answered(
                    answer.Row,
                    Shared(texts, answer.Template)!,
                    Shared(texts, answer.Reference)!,
                    Shared(texts, answer.Prediction),
                    AnswerReader.IsRight(reader, answer),
                    answer.References.Any(reference => ExactMatch.Is(answer.Prediction, reference)),
                    answer.PromptTokens,
                    answer.LogProb,
                    answer.LabelTokens,
                    answer.LabelTokensRight,
                    Shared(texts, answer.Stop),
                    answer.ChoiceLogProbs is not null,
                    read is null || answer.Prediction is null || read.Read(answer.Prediction) is not null,
                    new TextScores(
                        Shared(texts, answer.Prediction),
                        [.. answer.References.Select(r => Shared(texts, r)!)]
                    ),
                    ChoiceProbabilities.OfPrediction(answer),
                    own.Of(answer)
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
