namespace Finetune.Stages.Templates;

/// <summary>A row cannot be put into a template's words.</summary>
/// <param name="code">Its code.</param>
/// <param name="key">The key of the template at fault, such as <c>prompt</c>.</param>
/// <param name="message">What is wrong.</param>
/// <param name="cure">What mends it; null where nothing is known.</param>
public sealed class WordingException(string code, string key, string message, string? cure) : Exception(message)
{
    /// <summary>A template's text fails on the row.</summary>
    public const string TextCode = "FT3401";

    /// <summary>The row's conversation, or the chat template on it.</summary>
    public const string ConversationCode = "FT3408";

    /// <summary>Its code.</summary>
    public string Code { get; } = code;

    /// <summary>The key of the template at fault.</summary>
    public string Key { get; } = key;

    /// <summary>What mends it.</summary>
    public string? Cure { get; } = cure;
}
