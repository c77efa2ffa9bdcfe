using System.Text.Json.Nodes;
using Finetune.Engine.Templates;
using Finetune.Engine.Templates.Chat;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Templates;

/// <summary>Messages, written by the model's chat template.</summary>
internal sealed class ChatWording : IWording
{
    private const string Key = "messages";
    private const string Assistant = "assistant";
    private const string StandIn = "answer";

    private readonly MessagesSettings _settings;
    private readonly ConversationRenderer _chat;
    private readonly List<(string Role, KeyedText Content)>? _messages;

    /// <summary>Reads the messages.</summary>
    /// <exception cref="WordingException">A text has errors.</exception>
    public ChatWording(MessagesSettings settings, ConversationRenderer chat)
    {
        _settings = settings;
        _chat = chat;
        _messages = settings.List?.Select((m, i) => (m.Role, new KeyedText($"{Key}[{i}].content", m.Content))).ToList();
        CompletionUse = _messages is { Count: > 0 } list
            ? TextUse.Of([list[^1].Content.Text])
            : new TextUse([settings.Column!], WholeRow: false);
    }

    /// <inheritdoc/>
    public TextUse CompletionUse { get; }

    /// <inheritdoc/>
    public Worded Render(JsonObject values) =>
        Worded(_messages is null ? Own(values) : Written(values, _messages.Count), Tools(values));

    /// <inheritdoc/>
    public Worded Ask(JsonObject values)
    {
        // A stand-in for the answer shows how the template begins and ends one.
        var messages = _messages is null ? Unanswered(Own(values)) : Written(values, _messages.Count - 1);
        messages.Add(new JsonObject { ["role"] = Assistant, ["content"] = StandIn });
        return Worded(messages, Tools(values)) with { Completion = "" };
    }

    private Worded Worded(JsonArray messages, JsonNode? tools)
    {
        var request = ChatRequests.Of(messages, tools, _settings.Kwargs);
        var turns = Guarded(() => _chat.Turns(request, everyTurn: _settings.Loss == "all"));
        var chat = new ChatExample(
            messages,
            tools,
            (JsonObject?)_settings.Kwargs?.DeepClone(),
            turns.End,
            turns.Lead.Length > 0 ? turns.Lead : null,
            turns.Tail.Length > 0 ? turns.Tail : null,
            turns.Earlier.Count > 0 ? [.. turns.Earlier.Select(t => new TurnSpan(t.Start, t.End))] : null
        );
        return new Worded(turns.Prompt, turns.Completion, chat);
    }

    private JsonArray Written(JsonObject values, int count) =>
        new([
            .. _messages!
                .Take(count)
                .Select(m => (JsonNode)new JsonObject { ["role"] = m.Role, ["content"] = m.Content.Render(values) }),
        ]);

    private JsonArray Own(JsonObject values) =>
        values[_settings.Column!] is JsonArray { Count: > 0 } list
            ? list.DeepClone().AsArray()
            : throw new WordingException(
                WordingException.ConversationCode,
                Key,
                $"column '{_settings.Column}' holds no list of messages",
                "write [{\"role\": \"user\", \"content\": ...}, {\"role\": \"assistant\", \"content\": ...}]"
            );

    // A row to be answered may hold the answer already.
    private static JsonArray Unanswered(JsonArray messages)
    {
        if (messages[^1] is JsonObject last && last["role"] is JsonValue role && role.ToString() == Assistant)
        {
            messages.RemoveAt(messages.Count - 1);
        }

        return messages;
    }

    private JsonNode? Tools(JsonObject values) =>
        _settings.Tools is { } column && values[column] is { } tools
            ? tools is JsonArray
                ? tools.DeepClone()
                : throw new WordingException(
                    WordingException.ConversationCode,
                    $"{Key}.tools",
                    $"column '{column}' holds no list of tools",
                    "write a list of JSON schemas, or null"
                )
            : null;

    private static T Guarded<T>(Func<T> render)
    {
        try
        {
            return render();
        }
        catch (ConversationException e)
        {
            throw new WordingException(WordingException.ConversationCode, Key, e.Message, e.Cure);
        }
        catch (JinjaException e)
        {
            throw new WordingException(
                WordingException.ConversationCode,
                Key,
                $"the chat template refuses the conversation: {e.Described}",
                "mend the conversation, or use another chat template"
            );
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw new WordingException(
                WordingException.ConversationCode,
                Key,
                "a message holds half a surrogate pair",
                "mend its \\u escapes"
            );
        }
    }
}
