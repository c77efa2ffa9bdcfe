namespace Finetune.Stages.Artifacts;

/// <summary>What a contender answered: <c>predictions.jsonl</c>.</summary>
public static class AnswerFile
{
    /// <summary>Reads one at a time.</summary>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public static IEnumerable<Answer> Read(string path) => JsonLines.Read(path, ArtifactJson.Shared.Answer);

    /// <summary>How many lines there are, without reading them.</summary>
    public static int Count(string path) => JsonLines.Count(path);

    /// <summary>Starts the file anew.</summary>
    public static JsonLinesWriter<Answer> Create(string path) => new(path, ArtifactJson.Shared.Answer);
}
