using Finetune.Stages.Answering;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>The evaluation: contenders, templates, generation.</summary>
internal static class EvaluationChecks
{
    /// <summary>The contenders, in document order; none without test rows.</summary>
    /// <param name="context">The document.</param>
    /// <param name="splits">What the splits give.</param>
    /// <param name="general">The columns of general questions.</param>
    public static IReadOnlyList<ContenderItem> Check(CheckContext context, CheckedSplits splits, Columns general)
    {
        var trained = context.Settings.Training.Count > 0;
        var evaluation = context.Settings.Evaluation;
        if (evaluation is not null)
        {
            TemplateNames.Check(context, "evaluation.templates", evaluation.Templates);
            CheckGenerate(context, evaluation.Generate);
            CheckAnswers(context, evaluation);
            CheckCompare(context, evaluation, splits, trained);
            OwnMetricChecks.Check(context, evaluation, splits.Columns, general);
            foreach (var (i, slice) in (evaluation.Slices ?? []).Index())
            {
                var path = $"evaluation.slices[{i}]";
                ColumnChecks.Exists(context, splits.Columns, slice.ByLength ? $"{path}.length" : path, slice.Column);
            }
        }

        if (!splits.HasTest)
        {
            if (evaluation is not null || context.Places.Has("require"))
            {
                context.AtKey(
                    Codes.NoTestRows,
                    evaluation is not null ? "evaluation" : "require",
                    "there are no test rows to evaluate on",
                    "give the splits a test part"
                );
            }

            return [];
        }

        return evaluation?.Compare
            ?? (
                trained
                    ? [new ContenderItem(ContenderItem.ZeroShot, 0), new ContenderItem(ContenderItem.Tuned, 0)]
                    : [new ContenderItem(ContenderItem.ZeroShot, 0)]
            );
    }

    private static void CheckAnswers(CheckContext context, EvaluationSection evaluation)
    {
        if (evaluation.Answers?.Take is { Kind: "regex", Argument: { Length: > 0 } pattern })
        {
            try
            {
                AnswerReader.Pattern(pattern);
            }
            catch (FormatException exception)
            {
                context.AtValue(
                    Codes.WrongType,
                    "evaluation.answers.take.regex",
                    $"'{pattern}' is no pattern that can be used: {exception.Message}"
                );
            }
        }

        var asked = TemplateUse.Asked(context.Settings);
        if (evaluation.Answers is not null && asked.Count > 0 && asked.All(template => template.Choices is not null))
        {
            context.AtKey(
                Codes.Meaningless,
                "evaluation.answers",
                "answers are read off generated text, and every template that is asked has choices",
                "leave 'answers' out, or the templates' choices"
            );
        }

        if (
            evaluation.ChoiceScore != "sum"
            && asked.Count > 0
            && asked.All(template => template.Choices is null)
            && !context.Findings.HasErrorAt("templates")
        )
        {
            context.AtKey(
                Codes.Meaningless,
                "evaluation.choice_score",
                "no template that is asked has choices",
                "leave 'choice_score' out, or give a template choices: distinct"
            );
        }
    }

    private static void CheckCompare(
        CheckContext context,
        EvaluationSection evaluation,
        CheckedSplits splits,
        bool trained
    )
    {
        foreach (var contender in evaluation.Compare ?? [])
        {
            var place = contender.Place;
            if (contender.Name == ContenderItem.Tuned && !trained && !context.Places.Has("training"))
            {
                context.AtValue(
                    Codes.NothingTrained,
                    place,
                    "'tuned' is the trained model, and there is no training",
                    "add a training stage, or leave tuned out"
                );
            }

            if (contender.Shots > 0 && !splits.HasTrain)
            {
                context.AtValue(
                    Codes.NoTrainingRows,
                    place,
                    "few-shot examples come from the training rows, and the splits give none"
                );
            }
        }
    }

    private static readonly string[] OfDraws =
    [
        "evaluation.generate.top_h",
        "evaluation.generate.min_p",
        "evaluation.generate.typical_p",
        "evaluation.generate.epsilon_cutoff",
        "evaluation.generate.eta_cutoff",
    ];

    private static void CheckGenerate(CheckContext context, GenerateSection generate)
    {
        if (generate.Temperature > 0 && generate.Seed is null && !context.Places.Has("evaluation.generate.seed"))
        {
            context.AtKey(
                Codes.Sampling,
                "evaluation.generate.temperature",
                "a temperature wants a seed, or answers would differ from run to run",
                "write seed: 1 beside it, or leave the temperature out"
            );
        }

        // What thins out a draw says nothing of greedy answers, and whoever wrote it thought it did.
        foreach (var key in OfDraws.Where(key => generate.Temperature == 0 && context.Places.Has(key)))
        {
            context.AtKey(
                Codes.Sampling,
                key,
                "without a temperature the likeliest token is taken, and this changes nothing",
                "write temperature: 1 and seed: 1 beside it, or leave it out"
            );
        }
    }
}
