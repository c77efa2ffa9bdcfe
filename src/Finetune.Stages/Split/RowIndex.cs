using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Split;

/// <summary>What must be known of every row to part it: some bytes a row, so that rows themselves stay on disk.</summary>
internal sealed class RowIndex
{
    private readonly Dictionary<string, int> _strata = new(StringComparer.Ordinal);

    /// <summary>The rows in file order.</summary>
    public List<RowEntry> Entries { get; } = [];

    /// <summary>Names of the strata; <see cref="RowEntry.Stratum"/> points here.</summary>
    public List<string> Strata { get; } = [];

    /// <summary>Reads the rows of one input.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="settings">Which columns matter.</param>
    /// <param name="part">The split they belong to, if the input says.</param>
    /// <param name="errors">Where rows without those columns go.</param>
    public void Add(IEnumerable<Row> rows, SplitSettings settings, int? part, FoundErrors errors)
    {
        foreach (var row in rows)
        {
            var group = Value(row, settings.Group, "group", errors);
            var stratum = Value(row, settings.Stratify, "stratify", errors);
            var named = settings.Field is null ? part : Part(row, settings.Field, errors);
            Entries.Add(
                new RowEntry(
                    row.Number,
                    settings.Group is null ? RowKeys.OfRow(row.Values) : RowKeys.OfValue(group),
                    RowKeys.OfColumns(row.Values, settings.OverlapColumns),
                    settings.Stratify is null ? 0 : StratumOf(RowKeys.Display(stratum)),
                    named
                )
            );
        }
    }

    private int StratumOf(string name)
    {
        if (!_strata.TryGetValue(name, out var stratum))
        {
            stratum = Strata.Count;
            _strata.Add(name, stratum);
            Strata.Add(name);
        }

        return stratum;
    }

    private static int? Part(Row row, string column, FoundErrors errors)
    {
        var before = errors.Count;
        var name = RowKeys.Display(Value(row, column, "by.field.column", errors));
        for (var i = 0; i < SplitNames.All.Count; i++)
        {
            if (string.Equals(SplitNames.All[i], name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        if (errors.Count == before)
        {
            errors.Add(
                new Diagnostic(
                    SplitCodes.UnknownPart,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"row {row.Number}: '{name}' in column '{column}' is no split"
                    ),
                    KeyPath: "splits.by",
                    Cure: "write train, validation or test",
                    Row: row.Number
                )
            );
        }

        return null;
    }

    private static JsonNode? Value(Row row, string? column, string key, FoundErrors errors)
    {
        if (column is null)
        {
            return null;
        }

        if (!row.Values.TryGetPropertyValue(column, out var value))
        {
            errors.Add(
                new Diagnostic(
                    SplitCodes.MissingColumn,
                    string.Create(CultureInfo.InvariantCulture, $"row {row.Number} has no column '{column}'"),
                    KeyPath: $"splits.{key}",
                    Cure: $"give every row the column, or name another one in 'splits.{key}'",
                    Row: row.Number
                )
            );
        }

        return value;
    }
}

/// <summary>One row.</summary>
/// <param name="Number">Its number in its source.</param>
/// <param name="Unit">What stays together: the group's key, or the row's own.</param>
/// <param name="Content">Key of all that prompts use.</param>
/// <param name="Stratum">Index of its stratum.</param>
/// <param name="Part">The split it names or comes from, if any.</param>
internal readonly record struct RowEntry(long Number, UInt128 Unit, UInt128 Content, int Stratum, int? Part);
