using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Render;

/// <summary>A template ready to render.</summary>
internal sealed class CompiledTemplate
{
    private readonly JsonNode? _view;
    private readonly RowTemplate _prompt;
    private readonly RowTemplate _completion;

    /// <summary>Parses both texts.</summary>
    /// <param name="settings">The template.</param>
    /// <param name="view">Where it stands in the document, if known.</param>
    public CompiledTemplate(TemplateSettings settings, JsonNode? view)
    {
        Settings = settings;
        _view = view;
        _prompt = Parse(settings.Prompt, "prompt");
        _completion = Parse(settings.Completion, "completion");
    }

    /// <summary>The template.</summary>
    public TemplateSettings Settings { get; }

    /// <summary>Whether a choice's completion is the same for every row: it uses nothing of the row but the
    /// answer.</summary>
    public bool SharesCompletions =>
        Settings.Answer is null
        || (
            !_completion.UsesWholeRow
            && _completion.Columns.All(c => string.Equals(c, Settings.Answer, StringComparison.Ordinal))
        );

    /// <summary>The rendered prompt.</summary>
    /// <exception cref="RowException">The template fails on this row.</exception>
    public string Prompt(Row row) => Render(_prompt, "prompt", row, row.Values);

    /// <summary>The rendered completion.</summary>
    /// <exception cref="RowException">The template fails on this row, or nothing is left to learn.</exception>
    public string Completion(Row row)
    {
        var text = Render(_completion, "completion", row, row.Values);
        return string.IsNullOrWhiteSpace(text)
            ? throw new RowException(
                Error(
                    RenderCodes.EmptyCompletion,
                    "completion",
                    row,
                    "the completion is empty: there is nothing to learn from this row",
                    "fill in the row, or take it out"
                )
            )
            : text;
    }

    /// <summary>The completion with a choice in the answer's place.</summary>
    /// <exception cref="RowException">The template fails on this row.</exception>
    public string Completion(Row row, string choice)
    {
        // Without an answer column the completion as a whole is the answer.
        if (Settings.Answer is not { } answer)
        {
            return choice;
        }

        var values = (JsonObject)row.Values.DeepClone();
        values[answer] = choice;
        return Render(_completion, "completion", row, values);
    }

    /// <summary>The bare answer of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="completion">Its rendered completion, where known.</param>
    /// <exception cref="RowException">The row has none.</exception>
    public string Reference(Row row, string? completion = null)
    {
        if (Settings.Answer is not { } answer)
        {
            return completion ?? Completion(row);
        }

        return row.Values.TryGetPropertyValue(answer, out var value) && value is JsonValue
            ? Cells.Text(value)
            : throw new RowException(
                Error(
                    RenderCodes.NoAnswer,
                    "answer",
                    row,
                    $"the row has no single value in column '{answer}', the answer",
                    "fill in the row, or take it out"
                )
            );
    }

    /// <summary>An error of this template on a row.</summary>
    public Diagnostic Error(string code, string key, Row row, string message, string cure) =>
        Error(code, key, string.Create(CultureInfo.InvariantCulture, $"row {row.Number}: {message}"), cure) with
        {
            Row = row.Number,
        };

    /// <summary>An error of this template.</summary>
    public Diagnostic Error(string code, string key, string message, string cure) =>
        new(code, message, StepPlace.Of(_view), $"templates.{Settings.Name}.{key}", cure);

    private RowTemplate Parse(string text, string key)
    {
        try
        {
            return RowTemplate.Parse(text);
        }
        catch (TemplateException e)
        {
            throw new PipelineException(
                Error(RenderCodes.Template, key, e.Message, "mend the template"),
                ExitCode.StepFailed
            );
        }
    }

    private string Render(RowTemplate template, string key, Row row, JsonObject values)
    {
        try
        {
            return template.Render(values);
        }
        catch (TemplateException e)
        {
            var cure = e.Errors[0].Cure ?? "give every row what the template uses";
            throw new RowException(Error(RenderCodes.Template, key, row, e.Message, cure));
        }
    }
}
