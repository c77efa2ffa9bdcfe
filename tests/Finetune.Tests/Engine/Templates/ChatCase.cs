using System.Globalization;
using System.Text.Json;
using Finetune.Engine.Templates;
using Finetune.Engine.Templates.Chat;

namespace Finetune.Tests.Engine.Templates;

/// <summary>A case of chat/cases.json.</summary>
internal static class ChatCase
{
    public static RenderedText Render(JsonElement one, DateTime now) =>
        ChatTemplate
            .Parse(one.GetProperty("template").GetString()!)
            .Render(
                new ChatRequest(one.GetProperty("messages"))
                {
                    Tools = Given(one, "tools"),
                    Documents = Given(one, "documents"),
                    AddGenerationPrompt = one.GetProperty("add_generation_prompt").GetBoolean(),
                    ContinueFinalMessage = one.GetProperty("continue_final_message").GetBoolean(),
                    SpecialTokens = one.GetProperty("special_tokens")
                        .EnumerateObject()
                        .ToDictionary(token => token.Name, token => token.Value.GetString()!),
                    More = one.GetProperty("kwargs")
                        .EnumerateObject()
                        .ToDictionary(more => more.Name, more => more.Value),
                },
                now
            );

    public static DateTime Time(JsonElement file) =>
        DateTime.Parse(file.GetProperty("now").GetString()!, CultureInfo.InvariantCulture);

    private static JsonElement? Given(JsonElement one, string key) =>
        one.GetProperty(key) is { ValueKind: not JsonValueKind.Null } value ? value : null;
}
