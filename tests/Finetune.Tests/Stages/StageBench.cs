using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Stages;

/// <summary>A folder in which one stage runs by itself.</summary>
internal sealed class StageBench : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("finetune-stage-").FullName;

    public Dictionary<string, IReadOnlyList<string>> Inputs { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> Facts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Keys { get; } = new(StringComparer.Ordinal);

    public List<Diagnostic> Warnings { get; } = [];

    /// <summary>A path under the folder that the input of that name will be read from.</summary>
    public string Input(string name, string extension)
    {
        var path = Path.Combine(Folder, name + extension);
        Inputs[name] = [path];
        return path;
    }

    /// <summary>Runs the stage; gives output name to path.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(IStage stage, JsonObject settings)
    {
        var outputs = stage.Outputs.ToDictionary(
            o => o.Name,
            o => Path.Combine(Folder, "out." + o.FileName),
            StringComparer.Ordinal
        );
        await stage.RunAsync(
            new StageContext
            {
                Step = new Step(stage.Kind, stage, settings, [], new Dictionary<string, string>(), []),
                InputPaths = Inputs,
                InputFacts = Facts,
                InputKeys = Keys,
                OutputPaths = outputs,
                CheckpointFolder = Path.Combine(Folder, "checkpoint"),
                Progress = new Progress<StageProgress>(),
                Warn = Warnings.Add,
            },
            CancellationToken.None
        );
        return outputs;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
