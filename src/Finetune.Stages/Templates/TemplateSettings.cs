using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Finetune.Stages.Templates;

/// <summary>One template: a prompt and a completion, or messages.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Prompt">Scriban text of the prompt; null with messages.</param>
/// <param name="Completion">Scriban text of the completion; null with messages.</param>
/// <param name="Answer">The column that is the answer; null: the completion itself.</param>
/// <param name="Choices">Null for free text.</param>
/// <param name="Messages">Null with a prompt and a completion.</param>
/// <param name="Rejected">Scriban text of a worse completion, or of a worse last message; null for none.</param>
/// <param name="Accept">The column of further right answers; null for none.</param>
public sealed record TemplateSettings(
    string Name,
    string? Prompt,
    string? Completion,
    string? Answer,
    ChoiceSettings? Choices,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessagesSettings? Messages = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rejected = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Accept = null
)
{
    /// <summary>The same template with the worse completion in place of its own; null where there is none.</summary>
    public TemplateSettings? Worse =>
        (Rejected, Messages) switch
        {
            (null, { Rejected: { } column }) => this with
            {
                Messages = Messages with { Column = column, Rejected = null },
            },
            ({ } text, { List: { Count: > 0 } list }) => this with
            {
                Messages = Messages with { List = [.. list.SkipLast(1), list[^1] with { Content = text }] },
                Rejected = null,
            },
            ({ } text, null) => this with { Completion = text, Rejected = null },
            _ => null,
        };
}

/// <summary>Where a template's choices come from: exactly one of the three is set.</summary>
/// <param name="Distinct">The distinct answers of the training split, ordinal order.</param>
/// <param name="List">As written.</param>
/// <param name="Column">The values of this column in the row: a list in the row, or distinct values of that column in the
/// training split where it holds plain values.</param>
public sealed record ChoiceSettings(bool Distinct, IReadOnlyList<string>? List, string? Column);

/// <summary>A conversation that the model's chat template writes: exactly one of the first two is set.</summary>
/// <param name="List">Its messages, the assistant's answer last.</param>
/// <param name="Column">The column that holds each row's own list of messages.</param>
/// <param name="Tools">The column that holds JSON schemas of tools; null for none.</param>
/// <param name="Loss"><c>last</c> or <c>all</c>: which of the assistant's turns carry loss.</param>
/// <param name="Kwargs">Further variables of the chat template; null for none.</param>
/// <param name="Rejected">The column that holds the same messages but for a worse last one; null for none.</param>
public sealed record MessagesSettings(
    IReadOnlyList<MessageSettings>? List,
    string? Column,
    string? Tools,
    string Loss,
    JsonObject? Kwargs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rejected = null
);

/// <summary>One message.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Scriban text.</param>
public sealed record MessageSettings(string Role, string Content);
