using System.Text.Json.Nodes;
using Finetune.Cli.Batch;
using Finetune.Engine.Templates.Chat;
using Finetune.Engine.Tokenizers;
using Finetune.Stages.Templates;

namespace Finetune.Cli.Pipelines;

/// <summary>A template of the document, applied to single rows.</summary>
/// <param name="settings">The template.</param>
/// <param name="tokenizerFolder">Where the model's chat template is; read only where there are messages.</param>
internal sealed class RowRenderer(TemplateSettings settings, string tokenizerFolder)
{
    private readonly IWording _wording = Wordings.Of(
        settings,
        () =>
            ConversationRenderer.Load(tokenizerFolder, Tokenizer.Load(tokenizerFolder), ConversationRenderer.FixedTime)
    );

    /// <summary>The template's name.</summary>
    public string Name => settings.Name;

    /// <summary>The prompt alone, of a row without an answer.</summary>
    /// <exception cref="RowException">The row lacks what the template uses.</exception>
    public Worded Ask(JsonObject values) => Guarded(() => _wording.Ask(values));

    /// <summary>Prompt and completion; the completion is never blank.</summary>
    /// <exception cref="RowException">The row lacks what the template uses, or nothing is left to learn.</exception>
    public Worded Render(JsonObject values)
    {
        var worded = Guarded(() => _wording.Render(values));
        return string.IsNullOrWhiteSpace(worded.Chat?.Answer(worded.Completion) ?? worded.Completion)
            ? throw new RowException(
                "FT3403",
                $"the completion of template '{Name}' is empty",
                "fill in the row, or take it out"
            )
            : worded;
    }

    /// <summary>Prompt and completion with an answer in the answer column's place.</summary>
    /// <exception cref="RowException">The row lacks what the template uses.</exception>
    public Worded Render(JsonObject values, string answer)
    {
        if (settings.Answer is not { } column)
        {
            return Ask(values) with { Completion = answer };
        }

        var answered = (JsonObject)values.DeepClone();
        answered[column] = answer;
        return Render(answered);
    }

    private T Guarded<T>(Func<T> render)
    {
        try
        {
            return render();
        }
        catch (WordingException e)
        {
            throw new RowException(e.Code, $"template '{Name}': {e.Message}", e.Cure);
        }
    }
}
