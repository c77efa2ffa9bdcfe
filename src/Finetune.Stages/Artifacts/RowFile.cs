namespace Finetune.Stages.Artifacts;

/// <summary>Rows, as ingest and split leave them.</summary>
public static class RowFile
{
    /// <summary>Reads one at a time.</summary>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public static IEnumerable<Row> Read(string path) => JsonLines.Read(path, ArtifactJson.Shared.Row);

    /// <summary>How many lines there are, without reading them.</summary>
    public static int Count(string path) => JsonLines.Count(path);

    /// <summary>Starts the file anew.</summary>
    public static JsonLinesWriter<Row> Create(string path) => new(path, ArtifactJson.Shared.Row);
}
