using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>An empty folder with a small pipeline on the builtin base, gone after the test.</summary>
internal sealed class Workspace : IDisposable
{
    /// <summary>Rows of the small pipeline: enough for a few dozen steps of training.</summary>
    private const int Rows = 200;

    private const string Document = """
        version: 1
        name: small
        seed: 7
        sources:
          requests: { path: household.csv }
        splits: { from: requests, train: 0.7, validation: 0.1, test: 0.2, by: random }
        templates:
          ask: { prompt: "Request: {{ request }}\nIntent:", completion: " {{ intent }}", answer: intent, choices: distinct }
          terse: { prompt: "{{ request }} ->", completion: " {{ intent }}", answer: intent, choices: distinct }
        model: { base: "builtin:tiny" }
        training:
          - { name: instruct, templates: [ask], epochs: 2, batch_size: 8, learning_rate: 1.0e-3, validate: { every: 10 } }
        evaluation: { compare: [zero_shot, tuned], templates: [ask] }
        report: { samples: 5 }

        """;

    public Workspace()
    {
        Folder = Directory.CreateTempSubdirectory("finetune-").FullName;
        var rows = File.ReadLines(ToolProcess.RepositoryFile("pipelines", "data", "household.csv")).Take(Rows + 1);
        File.WriteAllText(Path.Combine(Folder, "household.csv"), string.Join('\n', rows) + "\n");
        File.WriteAllText(Pipeline, Document);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The document.</summary>
    public string Pipeline => Path.Combine(Folder, "pipeline.yml");

    /// <summary>Runs the pipeline; the result speaks of events.</summary>
    public ToolProcess Run(params string[] more) => ToolProcess.Run(Folder, ["run", "pipeline.yml", "--json", .. more]);

    /// <summary>The rows of the small pipeline, read.</summary>
    public IReadOnlyList<(string Request, string Intent)> Requests =>
        [
            .. File.ReadAllLines(Path.Combine(Folder, "household.csv"))
                .Skip(1)
                .Where(line => line.Length > 0)
                .Select(line => (line[..line.LastIndexOf(',')].Trim('"'), line[(line.LastIndexOf(',') + 1)..])),
        ];

    /// <summary>Makes a folder a copy of the builtin base that has a chat template.</summary>
    public static void CopyBase(string folder, string chatTemplate)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(ToolProcess.RepositoryFile("pipelines", "builtin", "tiny")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), chatTemplate);
    }

    /// <summary>The objects of a file of JSON lines.</summary>
    public static JsonObject[] Lines(string path) =>
        [.. File.ReadLines(path).Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>Replaces text that must be there.</summary>
    public void Edit(string file, string before, string after)
    {
        var path = Path.Combine(Folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(before, after, StringComparison.Ordinal));
    }

    /// <summary>One digest over the files of a folder, or of a file.</summary>
    public static string Digest(string path)
    {
        var files = Directory.Exists(path)
            ? Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : Enumerable.Repeat(path, 1);
        return string.Join(
            '\n',
            files.Select(f =>
                $"{Path.GetFileName(f)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))}"
            )
        );
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
