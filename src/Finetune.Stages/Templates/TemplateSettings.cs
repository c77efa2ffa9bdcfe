namespace Finetune.Stages.Templates;

/// <summary>One template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Prompt">Scriban text of the prompt.</param>
/// <param name="Completion">Scriban text of the completion.</param>
/// <param name="Answer">The column that is the answer; null: the completion itself.</param>
/// <param name="Choices">Null for free text.</param>
public sealed record TemplateSettings(
    string Name,
    string Prompt,
    string Completion,
    string? Answer,
    ChoiceSettings? Choices
);

/// <summary>Where a template's choices come from: exactly one of the three is set.</summary>
/// <param name="Distinct">The distinct answers of the training split, ordinal order.</param>
/// <param name="List">As written.</param>
/// <param name="Column">The values of this column in the row: a list in the row, or distinct values of that column in the
/// training split where it holds plain values.</param>
public sealed record ChoiceSettings(bool Distinct, IReadOnlyList<string>? List, string? Column);
