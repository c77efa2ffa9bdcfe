using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Templates.Chat;

namespace Finetune.Stages.Templates;

/// <summary>Conversations as nodes → what a chat template is asked with.</summary>
public static class ChatRequests
{
    /// <summary>The request.</summary>
    /// <param name="messages">A list of messages.</param>
    /// <param name="tools">JSON schemas of tools, or null.</param>
    /// <param name="kwargs">Further variables, or null.</param>
    public static ChatRequest Of(JsonArray messages, JsonNode? tools, JsonObject? kwargs) =>
        new(JsonSerializer.SerializeToElement(messages))
        {
            Tools = tools is null ? null : JsonSerializer.SerializeToElement(tools),
            More = (kwargs ?? []).ToDictionary(
                pair => pair.Key,
                pair => JsonSerializer.SerializeToElement(pair.Value),
                StringComparer.Ordinal
            ),
        };
}
