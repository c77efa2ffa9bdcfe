using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Finetune.Stages.Artifacts;

/// <summary>What an example made of a conversation has besides its texts, whose special tokens are in them.</summary>
/// <param name="Messages">The conversation, the assistant's answer last.</param>
/// <param name="Tools">JSON schemas of tools.</param>
/// <param name="Kwargs">Further variables of the chat template.</param>
/// <param name="End">The token that ends the assistant's turn; null: the tokenizer's end of sequence.</param>
/// <param name="Lead">What the template puts before an answer, within the completion.</param>
/// <param name="Tail">What it puts behind an answer, within the completion.</param>
/// <param name="Turns">Earlier turns of the assistant that carry loss too.</param>
public sealed record ChatExample(
    JsonArray Messages,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonNode? Tools = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonObject? Kwargs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? End = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Lead = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<TurnSpan>? Turns = null
)
{
    /// <summary>Earlier turns as pairs of places; none where the example is no conversation.</summary>
    public static IReadOnlyList<(int Start, int End)> TurnsOf(ChatExample? chat) =>
        [.. (chat?.Turns ?? []).Select(turn => (turn.Start, turn.End))];

    /// <summary>The bare answer in what a model wrote: without what the template puts around one.</summary>
    public string Answer(string text)
    {
        var answer = text.Trim();
        var (lead, tail) = ((Lead ?? "").Trim(), (Tail ?? "").Trim());
        if (lead.Length > 0 && answer.StartsWith(lead, StringComparison.Ordinal))
        {
            answer = answer[lead.Length..];
        }

        return (
            tail.Length > 0 && answer.EndsWith(tail, StringComparison.Ordinal) ? answer[..^tail.Length] : answer
        ).Trim();
    }
}

/// <summary>A place in a prompt, in code points.</summary>
/// <param name="Start">Its first code point.</param>
/// <param name="End">The one behind its last.</param>
public sealed record TurnSpan(int Start, int End);
