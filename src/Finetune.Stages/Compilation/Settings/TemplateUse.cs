namespace Finetune.Stages.Compilation.Settings;

/// <summary>Which templates are used where, defaults resolved.</summary>
/// <param name="Training">By training stages, in the order in which they first name them.</param>
/// <param name="Evaluation">By the evaluation.</param>
internal sealed record TemplateUse(IReadOnlyList<string> Training, IReadOnlyList<string> Evaluation)
{
    /// <summary>Both.</summary>
    public IReadOnlyList<string> All => [.. Training.Union(Evaluation, StringComparer.Ordinal)];

    /// <summary>Whether a template has a worse completion beside its own.</summary>
    public static bool HasPair(TemplateSection template) =>
        template
            is PairTemplateSection { Rejected: not null }
                or ChatTemplateSection { Rejected: not null }
                or ChatTemplateSection { Messages.Rejected: not null };

    /// <summary>The templates of a training stage.</summary>
    public static IReadOnlyList<string> OfStage(PipelineSettings settings, TrainingSection stage) =>
        stage.Templates
        ?? [.. settings.Templates.Where(t => stage.Objective != "preference" || HasPair(t.Value)).Select(t => t.Key)];

    /// <summary>The use that settings make of templates.</summary>
    public static TemplateUse Of(PipelineSettings settings)
    {
        IReadOnlyList<string> all = [.. settings.Templates.Keys];
        IReadOnlyList<string> training =
        [
            .. settings.Training.SelectMany(t => OfStage(settings, t)).Distinct(StringComparer.Ordinal),
        ];
        return new TemplateUse(training, settings.Evaluation?.Templates ?? (training.Count > 0 ? training : all));
    }
}
