using System.Text.Json;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Chat;

/// <summary>A model's chat template: conversations become the text that the model was trained on.</summary>
public sealed class ChatTemplate
{
    private readonly JinjaTemplate _template;

    private ChatTemplate(JinjaTemplate template) => _template = template;

    /// <summary>Reads a template.</summary>
    /// <exception cref="JinjaException">It cannot be read.</exception>
    public static ChatTemplate Parse(string source) => new(JinjaTemplate.Parse(source));

    /// <summary>Renders a conversation as Transformers' <c>apply_chat_template</c> does.</summary>
    /// <param name="request">The conversation.</param>
    /// <param name="now">What <c>strftime_now</c> reads.</param>
    /// <param name="limits">What the template may use up.</param>
    /// <exception cref="JinjaException">The conversation is none, or the template failed on it.</exception>
    public RenderedText Render(ChatRequest request, DateTime now, TemplateLimits? limits = null)
    {
        if (request.ContinueFinalMessage && request.AddGenerationPrompt)
        {
            throw JinjaException.Value(
                "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when "
                    + "you want the model to continue the final message, and add_generation_prompt when you want to "
                    + "add a header that will prompt it to start a new assistant message instead."
            );
        }

        var messages = Conversation.Of(request.Messages);
        var final = request.ContinueFinalMessage ? FinalMessage.Mark(messages) : null;
        var rendered = _template.Render(Variables(request, messages), now, limits);
        if (final is null)
        {
            return rendered;
        }

        var text = FinalMessage.Cut(rendered.Text, final);
        var length = Points.Count(text);
        return new RenderedText(
            text,
            [
                .. rendered
                    .Spans.Where(span => span.Start < length)
                    .Select(span => (span.Start, Math.Min(span.End, length))),
            ]
        );
    }

    private static Dictionary<string, object> Variables(ChatRequest request, PyList messages)
    {
        var variables = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, token) in request.SpecialTokens)
        {
            variables[name] = token;
        }

        foreach (var (name, value) in request.More)
        {
            variables[name] = JsonValues.Of(value);
        }

        variables["messages"] = messages;
        variables["tools"] = Optional(request.Tools);
        variables["documents"] = Optional(request.Documents);
        variables["add_generation_prompt"] = request.AddGenerationPrompt;
        return variables;
    }

    private static object Optional(JsonElement? json) => json is { } value ? JsonValues.Of(value) : None.Value;
}
