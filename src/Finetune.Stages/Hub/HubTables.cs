using System.IO.Enumeration;

namespace Finetune.Stages.Hub;

/// <summary>Which tables of a dataset: by their paths, or by configuration and split.</summary>
/// <param name="Files">Patterns of paths in the repository, with <c>*</c> and <c>?</c>; empty for any.</param>
/// <param name="Config">The configuration (subset); null where there is only one.</param>
/// <param name="Split">The split; null where there is only one.</param>
public sealed record HubTables(IReadOnlyList<string> Files, string? Config, string? Split)
{
    private static readonly string[] Extensions = [".parquet", ".jsonl", ".ndjson", ".csv", ".tsv"];
    private static readonly char[] Marks = ['-', '_', '.'];

    /// <summary>The choice in words, empty for none; part of a lock's name.</summary>
    public string Words =>
        string.Join(
            ' ',
            new[]
            {
                Config is null ? null : $"config={Config}",
                Split is null ? null : $"split={Split}",
                Files.Count == 0 ? null : $"files={string.Join(',', Files)}",
            }.Where(w => w is not null)
        );

    /// <summary>The chosen tables, ordinal order.</summary>
    /// <exception cref="Graph.Diagnostics.PipelineException">There are none, or it is not clear which.</exception>
    public IReadOnlyList<string> Of(HubReference reference, IReadOnlyList<string> names)
    {
        var tables = names
            .Where(n => Extensions.Contains(Path.GetExtension(n), StringComparer.OrdinalIgnoreCase))
            .Where(n => Files.Count == 0 || Files.Any(p => FileSystemName.MatchesSimpleExpression(p, n, false)))
            .ToList();
        if (Files.Count > 0)
        {
            return tables.Count > 0
                ? tables
                : throw None(reference, names, $"no table matches '{string.Join("', '", Files)}'");
        }

        var found = tables
            .Select(n => (Name: n, Place: Place(n)))
            .Where(t => Config is null || t.Place.Config == Config)
            .Where(t => Split is null || t.Place.Split == Split)
            .ToList();
        if (found.Count == 0)
        {
            throw None(reference, names, tables.Count == 0 ? "no table" : $"no table of {Words}");
        }

        var configs = found.Select(t => t.Place.Config).Distinct(StringComparer.Ordinal).ToList();
        var splits = found.Select(t => t.Place.Split).Distinct(StringComparer.Ordinal).ToList();
        return configs.Count > 1 ? throw Several(reference, "config", configs)
            : splits.Count > 1 ? throw Several(reference, "split", splits)
            : [.. found.Select(t => t.Name)];
    }

    /// <summary>Configuration and split of a table, as the Hub's own layouts say them: <c>CONFIG/SPLIT/0000.parquet</c> (its
    /// conversions), <c>CONFIG/SPLIT-00000-of-00001.parquet</c>, <c>data/SPLIT.csv</c>, <c>SPLIT.jsonl</c>.</summary>
    public static (string Config, string Split) Place(string path)
    {
        var parts = path.Split('/');
        var file = parts[^1];
        var stem = file[..file.LastIndexOf('.')];
        var isPart = stem.Length > 0 && stem.All(char.IsAsciiDigit);
        var end = stem.IndexOfAny(Marks);
        var split =
            isPart && parts.Length > 1 ? parts[^2]
            : end > 0 ? stem[..end]
            : stem;
        var folders = parts[..^(isPart && parts.Length > 1 ? 2 : 1)];
        var config = folders.Length == 0 || folders is ["data"] ? "default" : string.Join('/', folders);
        return (config, split.StartsWith("partial-", StringComparison.Ordinal) ? split["partial-".Length..] : split);
    }

    private static Graph.Diagnostics.PipelineException None(
        HubReference reference,
        IReadOnlyList<string> names,
        string what
    ) =>
        HubErrors.Error(
            HubErrors.Lacking,
            $"{reference.Name}: {what}",
            $"it has {string.Join(", ", names.Take(12))}{(names.Count > 12 ? ", ..." : "")}; the Hub's parquet is at {HubReference.DatasetPrefix}{reference.Id}@refs/convert/parquet"
        );

    private static Graph.Diagnostics.PipelineException Several(
        HubReference reference,
        string key,
        List<string> found
    ) =>
        HubErrors.Error(
            HubErrors.Lacking,
            $"{reference.Name} has several: {string.Join(", ", found)}",
            $"say which one the source takes: {key}: {found[0]}"
        );
}
