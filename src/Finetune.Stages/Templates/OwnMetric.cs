using System.Globalization;
using System.Text.Json.Nodes;

namespace Finetune.Stages.Templates;

/// <summary>A metric as a Scriban expression over a row and an answer to it; sandboxed as templates are.</summary>
public sealed class OwnMetric
{
    /// <summary>What stands before an expression, so that it is a template.</summary>
    public const string Opening = "{{ ";

    private readonly RowTemplate _template;

    private OwnMetric(RowTemplate template) => _template = template;

    /// <summary>Names that an expression has beside the row's columns, and before them.</summary>
    public static IReadOnlyList<string> Given { get; } = ["prediction", "reference", "template"];

    /// <summary>Every place where a name is read.</summary>
    public IReadOnlyList<ColumnUse> Uses => _template.Uses;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="TemplateException">It is none.</exception>
    public static OwnMetric Parse(string expression) => new(RowTemplate.Parse($"{Opening}{expression} }}}}"));

    /// <summary>The figure of an answer, from 0 to 1.</summary>
    /// <param name="row">The row's columns.</param>
    /// <param name="prediction">The answer.</param>
    /// <param name="reference">The right answer.</param>
    /// <param name="template">The wording it was asked in.</param>
    /// <exception cref="TemplateException">The expression fails on this row.</exception>
    /// <exception cref="FormatException">It is neither true, false nor a number from 0 to 1.</exception>
    public double Of(JsonObject row, string prediction, string reference, string template)
    {
        var values = (JsonObject)row.DeepClone();
        values[Given[0]] = prediction;
        values[Given[1]] = reference;
        values[Given[2]] = template;
        var text = _template.Render(values).Trim();
        return text switch
        {
            "true" => 1,
            "false" or "" => 0,
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var figure)
                    && figure is >= 0 and <= 1 => figure,
            _ => throw new FormatException($"it is '{text}', and true, false or a number from 0 to 1 is wanted"),
        };
    }
}
