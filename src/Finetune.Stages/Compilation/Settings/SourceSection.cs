using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A table of rows.</summary>
public sealed record SourceSection
{
    /// <summary>A file, a glob, hub-dataset:org/name@revision or a list; relative to this document, or absolute.</summary>
    [OneOf(typeof(Text), typeof(Texts))]
    [Example("\"data/messages.csv\"")]
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>Of a dataset of the Hub: its tables, as patterns of paths in it. Default: by config and split.</summary>
    [NotEmpty]
    [Example("""["data/train-*.parquet"]""")]
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Of a dataset of the Hub: the configuration (subset). Default: the only one there is.</summary>
    [NotEmpty]
    [Example("\"default\"")]
    public string? Config { get; init; }

    /// <summary>Of a dataset of the Hub: the split. Default: the only one there is.</summary>
    [NotEmpty]
    [Example("\"train\"")]
    public string? Split { get; init; }

    /// <summary>The format of the files. Default: by their extension.</summary>
    [Words("csv", "tsv", "jsonl", "parquet")]
    [Example("\"csv\"")]
    public string? Format { get; init; }

    /// <summary>Our name of a column to the file's; unlisted columns keep their names. Default: none.</summary>
    [Example("""{ "message": "text" }""")]
    public IReadOnlyDictionary<string, string> Columns { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}
