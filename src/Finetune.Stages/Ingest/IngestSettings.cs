namespace Finetune.Stages.Ingest;

/// <summary>What the rows of a source depend on besides the bytes of its files.</summary>
/// <param name="Format"><c>csv</c>, <c>tsv</c>, <c>jsonl</c> or <c>parquet</c>.</param>
/// <param name="Columns">Our column name to the file's; unlisted columns keep their names.</param>
/// <param name="Limit">At most this many rows, from the first; null for all.</param>
public sealed record IngestSettings(string Format, IReadOnlyDictionary<string, string> Columns, long? Limit);
