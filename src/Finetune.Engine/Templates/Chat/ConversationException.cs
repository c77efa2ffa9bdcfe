namespace Finetune.Engine.Templates.Chat;

/// <summary>A conversation cannot become prompt and completion.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="cure">What mends it.</param>
public sealed class ConversationException(string message, string cure) : Exception(message)
{
    /// <summary>What mends it.</summary>
    public string Cure { get; } = cure;
}
