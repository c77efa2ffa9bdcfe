using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Answering;

/// <summary>An example as it is put to a model.</summary>
/// <param name="Example">The rendered test row.</param>
/// <param name="Prompt">The prompt as sent: few-shot examples before the row's own prompt.</param>
/// <param name="Choices">The bare choices; null for free text.</param>
/// <param name="ChoiceCompletions">The completion of each choice.</param>
public sealed record Question(
    Example Example,
    string Prompt,
    IReadOnlyList<string>? Choices,
    IReadOnlyList<string>? ChoiceCompletions
)
{
    /// <summary>Puts an example with its own or its template's choices.</summary>
    /// <param name="example">The example.</param>
    /// <param name="choices">Template name to the choices that all its rows share.</param>
    /// <param name="prompt">The prompt as sent; null: the example's own.</param>
    public static Question Of(
        Example example,
        IReadOnlyDictionary<string, TemplateChoices> choices,
        string? prompt = null
    )
    {
        var shared = choices.GetValueOrDefault(example.Template);
        return new Question(
            example,
            prompt ?? example.Prompt,
            example.Choices ?? shared?.Choices,
            example.ChoiceCompletions ?? shared?.Completions
        );
    }
}
