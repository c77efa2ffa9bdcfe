using Finetune.Engine.Templates.Chat;

namespace Finetune.Stages.Templates;

/// <summary>Makes templates ready.</summary>
public static class Wordings
{
    /// <summary>A template ready to be filled in.</summary>
    /// <param name="settings">The template.</param>
    /// <param name="chat">The model's chat template; asked for only where there are messages.</param>
    /// <exception cref="WordingException">A text has errors.</exception>
    public static IWording Of(TemplateSettings settings, Func<ConversationRenderer> chat) =>
        settings.Messages is { } messages
            ? new ChatWording(messages, chat())
            : new PairWording(settings.Prompt!, settings.Completion!);
}
