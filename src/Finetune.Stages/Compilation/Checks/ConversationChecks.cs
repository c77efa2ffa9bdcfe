using Finetune.Engine;
using Finetune.Engine.Templates.Chat;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>What templates with messages need of the model.</summary>
internal static class ConversationChecks
{
    /// <summary>Looks at the templates that are used.</summary>
    public static void Check(CheckContext context, ResolvedModel? model)
    {
        var used = TemplateUse.Of(context.Settings).All;
        var templates = context.Settings.Templates.Where(t => used.Contains(t.Key, StringComparer.Ordinal));
        var first = true;
        foreach (var (name, section) in templates)
        {
            if (section is not ChatTemplateSection chat)
            {
                continue;
            }

            if (first)
            {
                CheckTruncation(context);
            }

            first = false;
            if (model is null)
            {
                continue;
            }

            if (Fault(model.TokenizerFolder) is { } fault)
            {
                context.AtKey(
                    Codes.NoChatTemplate,
                    $"templates.{name}.messages",
                    fault,
                    "put a 'chat_template.jinja' beside its tokenizer, or write prompt and completion"
                );
            }

            if (model.HasEncoder && chat.Loss == "all")
            {
                context.AtValue(
                    Codes.Meaningless,
                    $"templates.{name}.loss",
                    "an encoder reads all but the last answer, so no other can carry loss",
                    "write last"
                );
            }
        }
    }

    private static void CheckTruncation(CheckContext context)
    {
        if (context.Settings.Model.Overlong == "truncate")
        {
            context.AtValue(
                Codes.Meaningless,
                "model.overlong",
                "a conversation without its beginning is none: it cannot be truncated",
                "write error or drop"
            );
        }
    }

    private static string? Fault(string folder)
    {
        try
        {
            var templates = ChatTemplates.Load(folder);
            if (!templates.Any)
            {
                return "the model's tokenizer has no chat template";
            }

            templates.Choose(null, hasTools: false);
            return null;
        }
        catch (ModelFileException e)
        {
            return e.Message;
        }
    }
}
