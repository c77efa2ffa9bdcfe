namespace Finetune.Stages.Compilation.Settings;

/// <summary>Which templates are used where, defaults resolved.</summary>
/// <param name="Training">By training stages, in the order in which they first name them.</param>
/// <param name="Evaluation">By the evaluation, on the test rows.</param>
/// <param name="General">On general questions.</param>
internal sealed record TemplateUse(
    IReadOnlyList<string> Training,
    IReadOnlyList<string> Evaluation,
    IReadOnlyList<string> General
)
{
    /// <summary>Those of the splits' rows.</summary>
    public IReadOnlyList<string> All => [.. Training.Union(Evaluation, StringComparer.Ordinal)];

    /// <summary>Whether a template has a worse completion beside its own.</summary>
    public static bool HasPair(TemplateSection template) =>
        template
            is PairTemplateSection { Rejected: not null }
                or ChatTemplateSection { Rejected: not null }
                or ChatTemplateSection { Messages.Rejected: not null };

    /// <summary>The templates that test rows are asked in; those that there are not are left out.</summary>
    public static IReadOnlyList<TemplateSection> Asked(PipelineSettings settings) =>
        [
            .. Of(settings)
                .Evaluation.Select(name => settings.Templates.GetValueOrDefault(name))
                .OfType<TemplateSection>(),
        ];

    /// <summary>The templates of a training stage.</summary>
    public static IReadOnlyList<string> OfStage(PipelineSettings settings, TrainingSection stage) =>
        stage.Templates
        ?? [.. Usual(settings).Where(name => stage.Objective != "preference" || HasPair(settings.Templates[name]))];

    /// <summary>The use that settings make of templates.</summary>
    public static TemplateUse Of(PipelineSettings settings)
    {
        IReadOnlyList<string> training =
        [
            .. settings.Training.SelectMany(t => OfStage(settings, t)).Distinct(StringComparer.Ordinal),
        ];
        return new TemplateUse(
            training,
            settings.Evaluation?.Templates ?? (training.Count > 0 ? training : [.. Usual(settings)]),
            settings.Evaluation?.General?.Templates ?? []
        );
    }

    // Where nothing is said: all but those of general questions.
    private static IEnumerable<string> Usual(PipelineSettings settings) =>
        settings.Templates.Keys.Except(settings.Evaluation?.General?.Templates ?? [], StringComparer.Ordinal);
}
