using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Compilation.Tables;
using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Sources: files, formats, headers, renamed columns.</summary>
internal static class SourceChecks
{
    private const string Parquet = "parquet";
    private static readonly string[] ChoiceKeys = ["files", "config", "split"];

    private static readonly Dictionary<string, string> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = "csv",
        [".tsv"] = "tsv",
        [".jsonl"] = "jsonl",
        [".ndjson"] = "jsonl",
        [".parquet"] = "parquet",
    };

    /// <summary>Every source's table, by name, in document order.</summary>
    public static IReadOnlyDictionary<string, SourceTable> Check(CheckContext context)
    {
        var tables = new OrderedDictionary<string, SourceTable>(StringComparer.Ordinal);
        foreach (var (name, source) in context.Settings.Sources)
        {
            tables[name] = Table(context, name, source);
        }

        return tables;
    }

    private static SourceTable Table(CheckContext context, string name, SourceSection source)
    {
        var path = $"sources.{name}.path";
        var isList = context.Places.Node(path) is SequenceNode;
        var files = new List<string>();
        var places = new List<string>();
        var complete = source.Path.Count > 0;
        string? missing = null;
        CheckChoice(context, name, source);
        for (var i = 0; i < source.Path.Count; i++)
        {
            var place = isList ? $"{path}[{i}]" : path;
            var (found, reason) = HubReference.IsReference(source.Path[i])
                ? FromHub(context, source, source.Path[i], place)
                : (Files(context, source.Path[i], place), null);
            missing ??= reason;
            complete &= found.Count > 0;
            foreach (var file in found)
            {
                if (files.Contains(file, StringComparer.Ordinal))
                {
                    context.AtValue(Codes.Repeated, place, $"'{Path.GetFileName(file)}' is read twice");
                }

                files.Add(file);
                places.Add(place);
            }
        }

        var format = source.Format ?? (missing is null ? Format(context, files, path) : Parquet);
        var columns = complete && format is not null ? HeaderChecks.Columns(context, files, places, format) : null;
        return new SourceTable(
            name,
            files,
            format,
            columns is null ? null : Renamed(context, columns, source.Columns, $"sources.{name}.columns")
        )
        {
            Missing = missing,
        };
    }

    private static void CheckChoice(CheckContext context, string name, SourceSection source)
    {
        if (source.Path.Any(HubReference.IsOfDataset))
        {
            return;
        }

        foreach (var key in ChoiceKeys.Where(k => context.Places.Has($"sources.{name}.{k}")))
        {
            context.AtKey(
                Codes.Meaningless,
                $"sources.{name}.{key}",
                $"'{key}' picks tables of a dataset of the Hub",
                "write path: hub-dataset:org/name, or leave it out"
            );
        }
    }

    private static (IReadOnlyList<string> Files, string? Missing) FromHub(
        CheckContext context,
        SourceSection source,
        string written,
        string place
    )
    {
        if (HubPlaces.Reference(context, place, written, isDataset: true) is not { } reference)
        {
            return ([], null);
        }

        var wish = new HubWish(
            reference,
            HubPart.Tables,
            new HubTables(source.Files ?? [], source.Config, source.Split)
        );
        return context.Hub.Find(wish) is { } snapshot
            ? (
                [.. snapshot.Files.Keys.Order(StringComparer.Ordinal).Select(f => Path.Combine(snapshot.Folder, f))],
                null
            )
            : ([], HubPlaces.Reason(reference));
    }

    private static IReadOnlyList<string> Files(CheckContext context, string written, string place)
    {
        var path = context.Resolve(written);
        if (File.Exists(path))
        {
            return [path];
        }

        if (Globs.IsGlob(written))
        {
            var found = Globs.Match(path);
            if (found.Count == 0)
            {
                context.AtValue(Codes.GlobWithoutMatch, place, $"no file matches '{written}'");
            }

            return found;
        }

        if (Directory.Exists(path))
        {
            context.AtValue(
                Codes.NoSuchPath,
                place,
                $"'{written}' is a folder, a file is wanted",
                $"write {written.TrimEnd('/')}/*.csv for all its tables"
            );
            return [];
        }

        NearestFile.NoSuchPath(context, place, written, path, "file");
        return [];
    }

    private static string? Format(CheckContext context, List<string> files, string place)
    {
        var formats = files.Select(f => Formats.GetValueOrDefault(Path.GetExtension(f))).Distinct().ToList();
        if (formats is [{ } only])
        {
            return only;
        }

        if (formats.Count > 0)
        {
            context.AtValue(
                Codes.UnknownFormat,
                place,
                formats.Contains(null)
                    ? $"the format of '{Path.GetFileName(files.First(f => !Formats.ContainsKey(Path.GetExtension(f))))}' is not known from its extension"
                    : "the files have several formats",
                "say it: format: csv, tsv, jsonl or parquet"
            );
        }

        return null;
    }

    private static List<string> Renamed(
        CheckContext context,
        List<string> columns,
        IReadOnlyDictionary<string, string> renames,
        string path
    )
    {
        var kept = columns.Where(c => !renames.Values.Contains(c, StringComparer.Ordinal)).ToList();
        foreach (var (ours, theirs) in renames)
        {
            if (!columns.Contains(theirs, StringComparer.Ordinal))
            {
                context.AtValue(
                    Codes.UnknownColumn,
                    $"{path}.{ours}",
                    $"the table has no column '{theirs}'",
                    Words.Suggest(theirs, columns, "its columns")
                );
            }

            if (kept.Contains(ours, StringComparer.Ordinal))
            {
                context.AtKey(
                    Codes.ColumnTwice,
                    $"{path}.{ours}",
                    $"the table has a column '{ours}' already",
                    "take another name, or give that column one"
                );
            }
        }

        return [.. kept.Union(renames.Keys, StringComparer.Ordinal)];
    }
}
