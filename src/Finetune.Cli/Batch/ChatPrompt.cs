using System.Text.Json;
using Finetune.Engine;
using Finetune.Engine.Templates;
using Finetune.Engine.Templates.Chat;
using Finetune.Engine.Tokenizers;

namespace Finetune.Cli.Batch;

/// <summary>Conversations as a model was trained to read them: by its own chat template, whose text has its special
/// tokens in it.</summary>
internal sealed class ChatPrompt
{
    private readonly ChatTemplates _templates;
    private readonly ChatTemplate _template;
    private readonly Tokenizer _tokenizer;
    private readonly DateTime _now;

    private ChatPrompt(ChatTemplates templates, ChatTemplate template, Tokenizer tokenizer, DateTime now)
    {
        _templates = templates;
        _template = template;
        _tokenizer = tokenizer;
        _now = now;
    }

    /// <summary>The model's, or null where it has no template.</summary>
    /// <param name="model"><c>--model</c>.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="clock">For templates that tell the date.</param>
    /// <exception cref="ModelFileException">The template cannot be read.</exception>
    public static ChatPrompt? Of(string? model, Tokenizer tokenizer, TimeProvider clock)
    {
        var folder = ModelPlace.Folder(model);
        var templates = ChatTemplates.Load(folder);
        if (!templates.Any)
        {
            return null;
        }

        try
        {
            var template = ChatTemplate.Parse(templates.Choose(null, hasTools: false));
            return new(templates, template, tokenizer, clock.GetLocalNow().DateTime);
        }
        catch (JinjaException e)
        {
            throw new ModelFileException(folder, "chat_template", e.Described, "a template that can be read");
        }
    }

    /// <summary>The ids of a conversation, up to where the assistant's turn begins.</summary>
    /// <param name="messages">A list of <c>{"role","content"}</c>.</param>
    /// <exception cref="RowException">The template refuses it.</exception>
    public int[] Ids(JsonElement messages)
    {
        try
        {
            var request = new ChatRequest(messages)
            {
                AddGenerationPrompt = true,
                SpecialTokens = _templates.SpecialTokens,
            };
            return _tokenizer.EncodeIds(_template.Render(request, _now).Text, addSpecialTokens: false);
        }
        catch (JinjaException e)
        {
            throw new RowException("FT3030", e.Described, "mend the conversation, or the model's chat template");
        }
    }
}
