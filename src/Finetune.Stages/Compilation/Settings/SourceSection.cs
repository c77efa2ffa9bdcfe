using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A table of rows.</summary>
public sealed record SourceSection
{
    /// <summary>A file, a glob, or a list of them; relative to this document, or absolute.</summary>
    [OneOf(typeof(Text), typeof(Texts))]
    [Example("\"data/messages.csv\"")]
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>The format of the files. Default: by their extension.</summary>
    [Words("csv", "tsv", "jsonl")]
    [Example("\"csv\"")]
    public string? Format { get; init; }

    /// <summary>Our name of a column to the file's; unlisted columns keep their names. Default: none.</summary>
    [Example("""{ "message": "text" }""")]
    public IReadOnlyDictionary<string, string> Columns { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}
