using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Engine.Templates.Chat;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Render;

/// <summary>A template ready to render.</summary>
internal sealed class CompiledTemplate
{
    private readonly JsonNode? _view;
    private readonly IWording _wording;
    private readonly IWording? _worse;

    /// <summary>Parses its texts.</summary>
    /// <param name="settings">The template.</param>
    /// <param name="view">Where it stands in the document, if known.</param>
    /// <param name="chat">The model's chat template; asked for only where there are messages.</param>
    public CompiledTemplate(TemplateSettings settings, JsonNode? view, Func<ConversationRenderer> chat)
    {
        Settings = settings;
        _view = view;
        try
        {
            _wording = Wordings.Of(settings, chat);
            _worse = settings.Worse is { } worse ? Wordings.Of(worse, chat) : null;
        }
        catch (WordingException e)
        {
            throw new PipelineException(Error(e.Code, e.Key, e.Message, e.Cure!), ExitCode.StepFailed);
        }
    }

    /// <summary>The template.</summary>
    public TemplateSettings Settings { get; }

    /// <summary>Whether a choice's completion is the same for every row: it uses nothing of the row but the
    /// answer.</summary>
    public bool SharesCompletions =>
        Settings.Answer is null
        || (
            !_wording.CompletionUse.WholeRow
            && _wording.CompletionUse.Columns.All(c => string.Equals(c, Settings.Answer, StringComparison.Ordinal))
        );

    /// <summary>The row in this template.</summary>
    /// <exception cref="RowException">The template fails on this row, or nothing is left to learn.</exception>
    public Worded Render(Row row)
    {
        var worded = Render(row, row.Values);
        var bare = worded.Chat?.Answer(worded.Completion) ?? worded.Completion;
        return string.IsNullOrWhiteSpace(bare)
            ? throw new RowException(
                Error(
                    RenderCodes.EmptyCompletion,
                    Settings.Messages is null ? "completion" : "messages",
                    row,
                    "the completion is empty: there is nothing to learn from this row",
                    "fill in the row, or take it out"
                )
            )
            : worded;
    }

    /// <summary>The worse completion of a row; null where the template has none.</summary>
    /// <param name="row">The row.</param>
    /// <param name="chosen">The row in this template.</param>
    /// <exception cref="RowException">The row has none, or it does not go with the better one.</exception>
    public string? Rejected(Row row, Worded chosen)
    {
        if (_worse is null)
        {
            return null;
        }

        var key = Settings.Rejected is null ? "messages.rejected" : "rejected";
        Worded worse;
        try
        {
            worse = _worse.Render(row.Values);
        }
        catch (WordingException e)
        {
            throw new RowException(
                Error(e.Code, key, row, e.Message, e.Cure ?? "give every row what the template uses")
            );
        }

        if (!string.Equals(worse.Prompt, chosen.Prompt, StringComparison.Ordinal))
        {
            throw Fault(RenderCodes.OtherPrompt, "the rejected conversation does not begin as the chosen one does");
        }

        if (string.IsNullOrWhiteSpace(worse.Chat?.Answer(worse.Completion) ?? worse.Completion))
        {
            throw Fault(RenderCodes.EmptyCompletion, "the rejected completion is empty: there is nothing to compare");
        }

        return string.Equals(worse.Completion, chosen.Completion, StringComparison.Ordinal)
            ? throw Fault(RenderCodes.SamePair, "the rejected completion is the same as the chosen one")
            : worse.Completion;

        RowException Fault(string code, string message) =>
            new(Error(code, key, row, message, "mend the row, or take it out"));
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
        return Render(row, values).Completion;
    }

    /// <summary>The bare answer of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="worded">The row in this template, where known.</param>
    /// <exception cref="RowException">The row has none.</exception>
    public string Reference(Row row, Worded? worded = null)
    {
        if (Settings.Answer is not { } answer)
        {
            worded ??= Render(row);
            return worded.Chat?.Answer(worded.Completion) ?? worded.Completion;
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

    /// <summary>Further right answers of a row: a list, or one value; null for none.</summary>
    /// <exception cref="RowException">There is neither.</exception>
    public IReadOnlyList<string>? Accepted(Row row)
    {
        if (
            Settings.Accept is not { } column
            || !row.Values.TryGetPropertyValue(column, out var value)
            || value is null
        )
        {
            return null;
        }

        IReadOnlyList<JsonNode?> items = value is JsonArray list ? [.. list] : [value];
        if (items.Any(item => item is not JsonValue))
        {
            throw new RowException(
                Error(
                    RenderCodes.NoAnswer,
                    "accept",
                    row,
                    $"column '{column}' holds neither a value nor a list of values",
                    "write the further right answers as a list of texts"
                )
            );
        }

        return items.Count == 0 ? null : [.. items.Select(Cells.Text)];
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

    private Worded Render(Row row, JsonObject values)
    {
        try
        {
            return _wording.Render(values);
        }
        catch (WordingException e)
        {
            throw new RowException(
                Error(e.Code, e.Key, row, e.Message, e.Cure ?? "give every row what the template uses")
            );
        }
    }
}
