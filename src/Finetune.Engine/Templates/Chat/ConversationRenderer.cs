using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Templates.Values;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Templates.Chat;

/// <summary>
/// Conversations as prompt and completion by a model's chat template. What the assistant writes is found by rendering
/// prefixes, never by searching for headers: the conversation up to a turn, with the generation prompt behind it, must
/// be the beginning of the whole (the prefix law). Safe for several threads.
/// </summary>
public sealed class ConversationRenderer
{
    /// <summary>The time that templates see where a text must be the same on every day.</summary>
    public static readonly DateTime FixedTime = new(2024, 7, 26, 0, 0, 0, DateTimeKind.Unspecified);

    private const string StandIn = "What the assistant says.";

    private readonly ChatTemplates _templates;
    private readonly ChatTemplate? _forTools;
    private readonly ChatTemplate _template;
    private readonly Tokenizer _tokenizer;
    private readonly DateTime _now;

    private ConversationRenderer(ChatTemplates templates, Tokenizer tokenizer, DateTime now, string folder)
    {
        _templates = templates;
        _tokenizer = tokenizer;
        _now = now;
        var own = templates.Choose(null, hasTools: false);
        var forTools = templates.Choose(null, hasTools: true);
        _template = Parse(own, folder);
        _forTools = string.Equals(own, forTools, StringComparison.Ordinal) ? null : Parse(forTools, folder);
    }

    /// <summary>Reads the chat template of a folder.</summary>
    /// <param name="folder">A folder with a tokenizer.</param>
    /// <param name="tokenizer">The tokenizer in it.</param>
    /// <param name="now">What <c>strftime_now</c> reads.</param>
    /// <exception cref="ModelFileException">There is no template, or it cannot be read.</exception>
    public static ConversationRenderer Load(string folder, Tokenizer tokenizer, DateTime now) =>
        new(ChatTemplates.Load(folder), tokenizer, now, folder);

    /// <summary>The text up to where the assistant is to write.</summary>
    /// <param name="request">The conversation so far, tools and further variables.</param>
    /// <exception cref="JinjaException">The template refuses it.</exception>
    public string Prompt(ChatRequest request) => Text(request with { AddGenerationPrompt = true }).Text;

    /// <summary>The last assistant's turn and all before it.</summary>
    /// <param name="request">The conversation; its last message is the assistant's.</param>
    /// <param name="everyTurn">Whether the assistant's earlier turns are looked for too.</param>
    /// <exception cref="JinjaException">The template refuses it.</exception>
    /// <exception cref="ConversationException">It does not end with the assistant, or the template breaks the prefix
    /// law on it.</exception>
    public RenderedTurns Turns(ChatRequest request, bool everyTurn)
    {
        var messages = Messages(request.Messages);
        if (messages.Length < 2 || !IsAssistant(messages[^1]))
        {
            throw new ConversationException(
                messages.Length < 2
                    ? "a conversation needs a message before the assistant's"
                    : $"the last message is of the role '{Role(messages[^1])}', not the assistant's",
                "end every conversation with the assistant's answer"
            );
        }

        var whole = Text(request);
        var last = Turn(request, messages, messages.Length - 1, whole.Text);
        var earlier =
            !everyTurn ? []
            : whole.Spans.Count > 0 ? Marked(whole, last.Start)
            : Earlier(request, messages, whole.Text);
        var written = whole.Text[last.Start..last.TextEnd];
        return new RenderedTurns(
            whole.Text[..last.Start],
            written,
            last.End,
            whole.Text[last.Start..last.ContentStart],
            last.ContentEnd is { } contentEnd ? whole.Text[contentEnd..last.TextEnd] : "",
            earlier
        );
    }

    // The template's own marks, where it has them; the last turn is known already.
    private static IReadOnlyList<(int Start, int End)> Marked(RenderedText whole, int start)
    {
        var length = Points.Count(whole.Text.AsSpan(0, start));
        return [.. whole.Spans.Where(span => span.End <= length)];
    }

    private List<(int Start, int End)> Earlier(ChatRequest request, JsonElement[] messages, string whole)
    {
        var spans = new List<(int Start, int End)>();
        for (var i = 1; i < messages.Length - 1; i++)
        {
            if (!IsAssistant(messages[i]))
            {
                continue;
            }

            var turn = Turn(request, messages, i, Text(request with { Messages = List(messages[..(i + 1)]) }).Text);
            var end = turn.TextEnd + (turn.End?.Length ?? 0);
            if (!whole.AsSpan().StartsWith(turn.Whole.AsSpan(0, end)))
            {
                throw new ConversationException(
                    $"the chat template writes message {i + 1}, the assistant's, in another way once more messages follow it",
                    "train on the last answer alone (loss: last), or mark what the assistant writes in the template with {% generation %}"
                );
            }

            spans.Add((Points.Count(whole.AsSpan(0, turn.Start)), Points.Count(whole.AsSpan(0, end))));
        }

        return spans;
    }

    private FoundTurn Turn(ChatRequest request, JsonElement[] messages, int index, string whole)
    {
        var prompt = Prompt(request with { Messages = List(messages[..index]) });
        var law = prompt.AsSpan().CommonPrefixLength(whole);
        if (law < prompt.Length)
        {
            throw new ConversationException(
                $"the conversation up to message {index + 1}, the assistant's, is no beginning of the whole by the chat "
                    + $"template: it goes on with {Shown(prompt, law)} alone and with {Shown(whole, law)} in the whole",
                "use a chat template whose generation prompt is what an assistant's turn begins with"
            );
        }

        // What comes first behind the message's own text ends the turn: some templates close the whole text too. Where
        // the template writes no such text (calls of tools), it is what comes last.
        var content = Content(messages[index]);
        var at = content.Length == 0 ? null : Place(request, messages[..(index + 1)], whole, prompt.Length, content);
        var from = at + content.Length ?? prompt.Length;
        var end = Special(whole, from, isFirst: at is not null);
        return new FoundTurn(
            whole,
            prompt.Length,
            end?.At ?? from + whole.AsSpan(from).TrimEnd().Length,
            end?.Token,
            at ?? prompt.Length,
            at is null ? null : from
        );
    }

    // Where the message's own text begins: at once, or behind what the template puts before any text, which a stand-in
    // shows; a short text may well occur in that too.
    private int? Place(ChatRequest request, JsonElement[] messages, string whole, int start, string content)
    {
        var rest = whole.AsSpan(start);
        var blank = rest.Length - rest.TrimStart().Length;
        if (rest[blank..].StartsWith(content, StringComparison.Ordinal))
        {
            return start + blank;
        }

        var asked = JsonNode.Parse(messages[^1].GetRawText())!.AsObject();
        asked["content"] = StandIn;
        JsonElement[] other = [.. messages[..^1], JsonSerializer.SerializeToElement(asked)];
        var shown = Text(request with { Messages = List(other) }).Text;
        var at = shown.IndexOf(StandIn, Math.Min(start, shown.Length), StringComparison.Ordinal);
        return at >= 0 && at <= whole.Length && whole.AsSpan(at).StartsWith(content, StringComparison.Ordinal)
            ? at
            : null;
    }

    // The first or the last special token behind a place.
    private (int At, string Token)? Special(string text, int from, bool isFirst)
    {
        var encoding = _tokenizer.Encode(text[from..], addSpecialTokens: false);
        var special = encoding.Ids.Where(_tokenizer.IsSpecial);
        var id = isFirst ? special.FirstOrDefault(-1) : special.LastOrDefault(-1);
        if (id < 0 || _tokenizer.TokenOf(id) is not { } token)
        {
            return null;
        }

        var at = isFirst
            ? text.IndexOf(token, from, StringComparison.Ordinal)
            : text.LastIndexOf(token, StringComparison.Ordinal);
        return at < from ? null : (at, token);
    }

    private RenderedText Text(ChatRequest request)
    {
        var template = request.Tools is not null && _forTools is not null ? _forTools : _template;
        return template.Render(request with { SpecialTokens = _templates.SpecialTokens }, _now);
    }

    private static JsonElement[] Messages(JsonElement messages) =>
        messages.ValueKind == JsonValueKind.Array
        && messages.EnumerateArray().All(m => m.ValueKind == JsonValueKind.Object)
            ? [.. messages.EnumerateArray()]
            : throw new ConversationException(
                "there is no list of messages",
                "write [{\"role\": \"user\", \"content\": ...}, {\"role\": \"assistant\", \"content\": ...}]"
            );

    private static JsonElement List(JsonElement[] messages) => JsonSerializer.SerializeToElement(messages);

    private static bool IsAssistant(JsonElement message) =>
        string.Equals(Role(message), "assistant", StringComparison.Ordinal);

    private static string Role(JsonElement message) => Member(message, "role");

    // Templates strip what a message begins and ends with, so that is not looked for.
    private static string Content(JsonElement message) => Member(message, "content").Trim();

    private static string Member(JsonElement message, string key) =>
        message.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Shown(string text, int at) =>
        at == text.Length
            ? "its end"
            : $"'{text.Substring(at, Math.Min(24, text.Length - at)).ReplaceLineEndings("\\n")}'";

    private static ChatTemplate Parse(string source, string folder)
    {
        try
        {
            return ChatTemplate.Parse(source);
        }
        catch (JinjaException e)
        {
            throw new ModelFileException(folder, "chat_template", e.Described, "a template that can be read");
        }
    }

    // Places in the rendering that ends with the turn; ContentEnd is null where its own text is not found there.
    private sealed record FoundTurn(
        string Whole,
        int Start,
        int TextEnd,
        string? End,
        int ContentStart,
        int? ContentEnd
    );
}
