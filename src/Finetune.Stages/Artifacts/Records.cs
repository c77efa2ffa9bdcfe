using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Finetune.Stages.Artifacts;

/// <summary>A row of a source: one line of <c>rows.jsonl</c> and of the splits.</summary>
/// <param name="Number">1-based number in its source, blank lines not counted.</param>
/// <param name="Values">Column to value, in file order; csv and tsv give strings only.</param>
public sealed record Row([property: JsonPropertyName("row")] long Number, JsonObject Values);

/// <summary>A row in a template: one line of the rendered splits.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Template">The template's name.</param>
/// <param name="Prompt">Rendered prompt.</param>
/// <param name="Completion">Rendered completion; loss falls on it and on the end of sequence.</param>
/// <param name="Reference">The bare answer.</param>
/// <param name="Choices">The row's own choices, only where they differ from row to row.</param>
/// <param name="ChoiceCompletions">The completion with each choice in the answer's place, only where the template's
/// completion uses more of the row than its answer, or where the row has its own choices.</param>
/// <param name="Chat">Only where a chat template wrote the texts.</param>
/// <param name="Rejected">A worse completion of the same prompt, for training rows of templates that have one.</param>
/// <param name="Accept">Further answers that are right, bare; not for training rows.</param>
public sealed record Example(
    long Row,
    string Template,
    string Prompt,
    string Completion,
    string Reference,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Choices = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<string>? ChoiceCompletions = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChatExample? Chat = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rejected = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Accept = null
);

/// <summary>The choices of a template that are the same for every row; <c>*_choices.json</c> maps template name to
/// this, templates without such choices are missing.</summary>
/// <param name="Choices">The bare choices.</param>
/// <param name="Completions">The completion with each choice in the answer's place; null where it differs by
/// row (then every example has its own).</param>
public sealed record TemplateChoices(IReadOnlyList<string> Choices, IReadOnlyList<string>? Completions);

/// <summary>What a contender answered: one line of <c>predictions.jsonl</c>, in test order, then template.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Template">The template's name.</param>
/// <param name="Prompt">The prompt as sent, few-shot examples included.</param>
/// <param name="Reference">The bare right answer.</param>
/// <param name="Prediction">The bare choice, or the generated text stripped of white space at both ends; null where the
/// prompt did not fit.</param>
/// <param name="Correct">Whether prediction equals reference, or a further right answer, stripped.</param>
/// <param name="PromptTokens">Tokens of the prompt as sent.</param>
/// <param name="LogProb">Sum of the log-probabilities of the reference completion and end-of-sequence.</param>
/// <param name="LabelTokens">How many tokens that sum has.</param>
/// <param name="LabelTokensRight">How many of them are the argmax.</param>
/// <param name="Stop">Free text only: <c>eos</c>, <c>length</c> or <c>stop</c>.</param>
/// <param name="ChoiceLogProbs">Choice to sum of log-probabilities of completion + end-of-sequence, in choice
/// order.</param>
/// <param name="Accept">Further answers that are right, bare; null where there are none.</param>
/// <param name="ReferenceTokens">What <paramref name="LogProb"/> is the sum of, token by token.</param>
public sealed record Answer(
    long Row,
    string Template,
    string Prompt,
    string Reference,
    string? Prediction,
    bool Correct,
    int PromptTokens,
    double? LogProb,
    int LabelTokens,
    int LabelTokensRight,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Stop,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, double>? ChoiceLogProbs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<TokenLogProb>? ReferenceTokens = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Accept = null
)
{
    /// <summary>All answers that are right, the reference first.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> References => Accept is null ? [Reference] : [Reference, .. Accept];
}

/// <summary>A token of a text, and how likely a model found it there.</summary>
/// <param name="Text">As it reads; of several tokens where they are one character.</param>
/// <param name="LogProb">Its log-probability, or their sum.</param>
public sealed record TokenLogProb(string Text, double LogProb);
