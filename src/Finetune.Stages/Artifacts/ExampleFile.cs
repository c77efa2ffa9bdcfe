namespace Finetune.Stages.Artifacts;

/// <summary>Rendered rows.</summary>
public static class ExampleFile
{
    /// <summary>Reads one at a time.</summary>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public static IEnumerable<Example> Read(string path) => JsonLines.Read(path, ArtifactJson.Shared.Example);

    /// <summary>How many lines there are, without reading them.</summary>
    public static int Count(string path) => JsonLines.Count(path);

    /// <summary>Starts the file anew.</summary>
    public static JsonLinesWriter<Example> Create(string path) => new(path, ArtifactJson.Shared.Example);
}
