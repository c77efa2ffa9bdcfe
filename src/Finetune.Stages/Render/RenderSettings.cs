using Finetune.Stages.Templates;

namespace Finetune.Stages.Render;

/// <summary>The templates and where each is used.</summary>
/// <param name="Templates">All templates, in document order.</param>
/// <param name="Training">Names of the templates that training stages use; train and validation rows are rendered in
/// these, row by row, templates in this order.</param>
/// <param name="Evaluation">Names of the templates that the evaluation uses; test rows are rendered in these.</param>
/// <param name="Shots">Whether training rows are rendered in the evaluation's templates too, as few-shot examples.</param>
public sealed record RenderSettings(
    IReadOnlyList<TemplateSettings> Templates,
    IReadOnlyList<string> Training,
    IReadOnlyList<string> Evaluation,
    bool Shots
);
