using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A wording: how a row becomes what the model reads and what it is to write.</summary>
public abstract record TemplateSection
{
    /// <summary>The column that is the answer; a choice takes its place in the completion. Default: the completion itself.</summary>
    [NotEmpty]
    [Example("\"intent\"")]
    public string? Answer { get; init; }

    /// <summary>A column of further answers that are right: a list in every row, or one value. Default: none.</summary>
    [NotEmpty]
    [Example("\"aliases\"")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Accept { get; init; }

    /// <summary>What can be answered: distinct (the training rows' values), a list, or a column. Default: free text.</summary>
    [OneOf(typeof(Word), typeof(ChoiceTexts), typeof(ChoiceColumnSection), Words = ["distinct"])]
    [Example("\"distinct\"")]
    public ChoicesSection? Choices { get; init; }
}

/// <summary>A prompt and a completion.</summary>
public sealed record PairTemplateSection : TemplateSection
{
    /// <summary>Scriban text of the prompt; columns are variables, odd names are row["first name"]. Empty for plain text.</summary>
    [Example("\"Message: {{ message }}\\nIntent:\"")]
    public required string Prompt { get; init; }

    /// <summary>Scriban text of what the model is to write; it usually begins with a blank.</summary>
    [NotEmpty]
    [Example("\" {{ intent }}\"")]
    public required string Completion { get; init; }

    /// <summary>Scriban text of a worse completion of the same prompt, for preference training. Default: none.</summary>
    [NotEmpty]
    [Example("\" {{ rejected }}\"")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rejected { get; init; }
}

/// <summary>Messages, written by the model's chat template.</summary>
public sealed record ChatTemplateSection : TemplateSection
{
    /// <summary>The messages, the assistant's answer last; or the column that holds each row's own list.</summary>
    [OneOf(typeof(MessageList), typeof(MessageColumnSection))]
    [Example(
        """[{ "role": "user", "content": "{{ message }}" }, { "role": "assistant", "content": "{{ intent }}" }]"""
    )]
    public required MessagesRule Messages { get; init; }

    /// <summary>Scriban text of a worse answer in place of the last message's, for preference training. Default: none.</summary>
    [NotEmpty]
    [Example("\"{{ rejected }}\"")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rejected { get; init; }

    /// <summary>Which of the assistant's turns carry loss. Default: last for written messages and for a column with a rejected one beside it, all for a column.</summary>
    [Words("last", "all")]
    [Example("\"last\"")]
    public string? Loss { get; init; }

    /// <summary>Further variables of the chat template. Default: none.</summary>
    [Example("""{ "enable_thinking": false }""")]
    public ChatVariables? Kwargs { get; init; }
}

/// <summary>Where messages come from: exactly one of the first two.</summary>
/// <param name="List">As written.</param>
/// <param name="Column">A column of the row.</param>
/// <param name="Tools">The column that holds tools, or null.</param>
/// <param name="Rejected">The column that holds the conversation with a worse answer, or null.</param>
public sealed record MessagesRule(
    IReadOnlyList<MessageSection>? List,
    string? Column,
    string? Tools,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rejected = null
);

/// <summary>One message.</summary>
public sealed record MessageSection
{
    /// <summary>Who says it.</summary>
    [Words("system", "user", "assistant")]
    [Example("\"user\"")]
    public required string Role { get; init; }

    /// <summary>Scriban text of what is said; columns are variables.</summary>
    [NotEmpty]
    [Example("\"{{ message }}\"")]
    public required string Content { get; init; }
}

/// <summary>A column has the messages.</summary>
public sealed record MessageColumnSection
{
    /// <summary>A column with a list of messages, each with a role and a content; the last is the assistant's.</summary>
    [NotEmpty]
    [Example("\"messages\"")]
    public required string Column { get; init; }

    /// <summary>A column with a list of tools as JSON schemas. Default: none.</summary>
    [NotEmpty]
    [Example("\"tools\"")]
    public string? Tools { get; init; }

    /// <summary>A column with the same messages but for a worse last one, for preference training. Default: none.</summary>
    [NotEmpty]
    [Example("\"rejected\"")]
    public string? Rejected { get; init; }
}

/// <summary>Variables of a chat template.</summary>
/// <param name="Values">By name: texts, numbers, true or false.</param>
public sealed record ChatVariables(JsonObject Values);

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
