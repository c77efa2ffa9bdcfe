using System.Text.Json.Nodes;

namespace Finetune.Stages.Templates;

/// <summary>A Scriban text and the key it stands under.</summary>
internal sealed class KeyedText
{
    private readonly string _key;

    /// <summary>Reads the text.</summary>
    /// <exception cref="WordingException">It has errors.</exception>
    public KeyedText(string key, string text)
    {
        _key = key;
        try
        {
            Text = RowTemplate.Parse(text);
        }
        catch (TemplateException e)
        {
            throw new WordingException(WordingException.TextCode, key, e.Message, "mend the template");
        }
    }

    /// <summary>The text.</summary>
    public RowTemplate Text { get; }

    /// <summary>The text for a row.</summary>
    /// <exception cref="WordingException">It fails on this row.</exception>
    public string Render(JsonObject values)
    {
        try
        {
            return Text.Render(values);
        }
        catch (TemplateException e)
        {
            throw new WordingException(WordingException.TextCode, _key, e.Message, e.Errors[0].Cure);
        }
    }
}
