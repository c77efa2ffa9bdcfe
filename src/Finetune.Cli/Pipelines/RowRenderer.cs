using System.Text.Json.Nodes;
using Finetune.Cli.Batch;
using Finetune.Stages.Templates;

namespace Finetune.Cli.Pipelines;

/// <summary>A template of the document, applied to single rows.</summary>
internal sealed class RowRenderer(TemplateSettings settings)
{
    private readonly RowTemplate _prompt = RowTemplate.Parse(settings.Prompt);
    private readonly RowTemplate _completion = RowTemplate.Parse(settings.Completion);

    /// <summary>The template's name.</summary>
    public string Name => settings.Name;

    /// <summary>The prompt.</summary>
    /// <exception cref="RowException">The row lacks what the template uses.</exception>
    public string Prompt(JsonObject values) => Render(_prompt, values);

    /// <summary>The completion; never blank.</summary>
    /// <exception cref="RowException">The row lacks what the template uses, or nothing is left to learn.</exception>
    public string Completion(JsonObject values)
    {
        var text = Render(_completion, values);
        return string.IsNullOrWhiteSpace(text)
            ? throw new RowException(
                "FT3403",
                $"the completion of template '{Name}' is empty",
                "fill in the row, or take it out"
            )
            : text;
    }

    /// <summary>The completion with an answer in the answer column's place.</summary>
    /// <exception cref="RowException">The row lacks what the template uses.</exception>
    public string Completion(JsonObject values, string answer)
    {
        if (settings.Answer is not { } column)
        {
            return answer;
        }

        var answered = (JsonObject)values.DeepClone();
        answered[column] = answer;
        return Completion(answered);
    }

    private string Render(RowTemplate template, JsonObject values)
    {
        try
        {
            return template.Render(values);
        }
        catch (TemplateException e)
        {
            throw new RowException("FT3401", $"template '{Name}': {e.Message}", e.Errors[0].Cure);
        }
    }
}
