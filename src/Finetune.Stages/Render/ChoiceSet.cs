using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>The choices of a template: none, the same for every row, or each row's own.</summary>
internal sealed class ChoiceSet
{
    private readonly HashSet<string> _known;

    private ChoiceSet(IReadOnlyList<string>? shared, string? column)
    {
        Shared = shared;
        Column = column;
        _known = new HashSet<string>(shared ?? [], StringComparer.Ordinal);
    }

    /// <summary>The choices that all rows share.</summary>
    public IReadOnlyList<string>? Shared { get; }

    /// <summary>The column that holds each row's own list.</summary>
    public string? Column { get; }

    /// <summary>Whether the answer is free text.</summary>
    public bool IsFree => Shared is null && Column is null;

    /// <summary>Finds out the choices of a template from the training rows.</summary>
    /// <exception cref="RowException">A row has no answer, or the column holds lists and plain values.</exception>
    public static ChoiceSet Of(CompiledTemplate template, IEnumerable<Row> training, FoundErrors errors)
    {
        var choices = template.Settings.Choices;
        if (choices is null)
        {
            return new ChoiceSet(null, null);
        }

        if (choices.List is not null)
        {
            return new ChoiceSet(choices.List, null);
        }

        var distinct = new SortedSet<string>(StringComparer.Ordinal);
        long lists = 0;
        foreach (var row in training)
        {
            try
            {
                if (choices.Column is not { } column)
                {
                    distinct.Add(template.Reference(row));
                    continue;
                }

                var value = ValueOf(template, row, column);
                lists += value is JsonArray ? 1 : 0;
                if (value is JsonValue)
                {
                    distinct.Add(Cells.Text(value));
                }

                if (lists > 0 && distinct.Count > 0)
                {
                    errors.Add(Mixed(template, row, column));
                    break;
                }
            }
            catch (RowException e)
            {
                errors.Add(e.Error);
            }
        }

        return lists > 0 ? new ChoiceSet(null, choices.Column) : new ChoiceSet([.. distinct], null);
    }

    /// <summary>The choices of a row.</summary>
    /// <exception cref="RowException">The row has none.</exception>
    public IReadOnlyList<string> For(CompiledTemplate template, Row row)
    {
        if (Shared is not null)
        {
            return Shared;
        }

        return ValueOf(template, row, Column!) is JsonArray { Count: > 0 } list
            ? [.. list.Select(Cells.Text)]
            : throw new RowException(
                template.Error(
                    RenderCodes.NoChoices,
                    "choices",
                    row,
                    $"column '{Column}' holds no list of choices",
                    "write a list such as [\"yes\", \"no\"] in every row"
                )
            );
    }

    /// <summary>Whether an answer is among the choices of its row.</summary>
    public bool Has(string reference, IReadOnlyList<string> choices) =>
        Shared is not null ? _known.Contains(reference) : choices.Contains(reference, StringComparer.Ordinal);

    private static JsonNode? ValueOf(CompiledTemplate template, Row row, string column) =>
        row.Values.TryGetPropertyValue(column, out var value)
            ? value
            : throw new RowException(
                template.Error(
                    RenderCodes.NoChoices,
                    "choices",
                    row,
                    $"the row has no column '{column}', which holds the choices",
                    "give every row the column"
                )
            );

    private static Graph.Diagnostics.Diagnostic Mixed(CompiledTemplate template, Row row, string column) =>
        template.Error(
            RenderCodes.ChoiceColumn,
            "choices",
            row,
            $"column '{column}' holds lists in some rows and plain values in others",
            "write a list in every row, or a plain value in every row"
        );
}
