using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A wording: how a row becomes prompt and completion.</summary>
public sealed record TemplateSection
{
    /// <summary>Scriban text of the prompt; columns are variables, odd names are row["first name"]. Empty for plain text.</summary>
    [Example("\"Message: {{ message }}\\nIntent:\"")]
    public required string Prompt { get; init; }

    /// <summary>Scriban text of what the model is to write; it usually begins with a blank.</summary>
    [NotEmpty]
    [Example("\" {{ intent }}\"")]
    public required string Completion { get; init; }

    /// <summary>The column that is the answer; a choice takes its place in the completion. Default: the completion itself.</summary>
    [NotEmpty]
    [Example("\"intent\"")]
    public string? Answer { get; init; }

    /// <summary>What can be answered: distinct (the training rows' values), a list, or a column. Default: free text.</summary>
    [OneOf(typeof(Word), typeof(ChoiceTexts), typeof(ChoiceColumnSection), Words = ["distinct"])]
    [Example("\"distinct\"")]
    public ChoicesSection? Choices { get; init; }
}

/// <summary>Where choices come from: exactly one of the three.</summary>
/// <param name="Distinct">The training rows' values.</param>
/// <param name="List">As written.</param>
/// <param name="Column">A column of the row.</param>
public sealed record ChoicesSection(bool Distinct, IReadOnlyList<string>? List, string? Column);

/// <summary>A column has the choices.</summary>
public sealed record ChoiceColumnSection
{
    /// <summary>A column with a list in every row, or with plain values.</summary>
    [NotEmpty]
    [Example("\"options\"")]
    public required string Column { get; init; }
}
