using System.Text.Json;

namespace Finetune.Stages.Artifacts;

/// <summary>Reads and writes <c>verdict.json</c>.</summary>
public static class VerdictFile
{
    /// <summary>The format this version writes.</summary>
    public const int Version = 1;

    /// <summary>Reads a verdict.</summary>
    /// <exception cref="InvalidDataException">The file is of another version, or no verdict.</exception>
    public static VerdictRecord Read(string path)
    {
        using var stream = File.OpenRead(path);
        var verdict = JsonSerializer.Deserialize<VerdictRecord>(stream, StageJson.Options);
        return verdict is { Version: Version }
            ? verdict
            : throw new InvalidDataException(
                $"{Path.GetFileName(path)}: version {verdict?.Version.ToString() ?? "null"} found, {Version} wanted; run with --force verdict"
            );
    }

    /// <summary>Writes a verdict, one line.</summary>
    public static void Write(string path, VerdictRecord verdict) =>
        File.WriteAllText(path, JsonSerializer.Serialize(verdict, StageJson.Options) + "\n");

    /// <summary>Figures for gates and events by name, such as <c>tuned.accuracy</c>, contenders in document order;
    /// metrics that are not defined are missing.</summary>
    public static IReadOnlyDictionary<string, double> Metrics(VerdictRecord verdict)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, contender) in verdict.Contenders)
        {
            foreach (var (metric, value) in contender.Metrics)
            {
                if (value is { } known)
                {
                    figures[$"{name}.{metric}"] = known;
                }
            }
        }

        return figures;
    }
}
