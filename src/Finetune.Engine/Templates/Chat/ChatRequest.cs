using System.Text.Json;

namespace Finetune.Engine.Templates.Chat;

/// <summary>A conversation to be rendered, as <c>apply_chat_template</c> takes it.</summary>
/// <param name="Messages">A list of objects.</param>
public sealed record ChatRequest(JsonElement Messages)
{
    /// <summary>JSON schemas of tools, or null.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Documents to answer from, or null.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Whether the text is to end where the assistant's turn begins.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Whether the text is to end within the last message.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>bos_token, eos_token and so on.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>More variables; they win over special tokens.</summary>
    public IReadOnlyDictionary<string, JsonElement> More { get; init; } = new Dictionary<string, JsonElement>();
}
