using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages;
using Finetune.Stages.Artifacts;

namespace Finetune.Tests.Stages;

/// <summary>Runs one stage on files, without a graph around it.</summary>
internal sealed class StageRun : IDisposable
{
    private readonly Scratch _scratch = new();

    public List<Diagnostic> Warnings { get; } = [];

    public string Output(string name) => Context(BuiltInStages.Of(_kind), [], [], []).OutputPaths[name];

    private string _kind = "";

    public string File(string name, string text) => _scratch.Write(name, text);

    public string File(string name, byte[] bytes) => _scratch.Write(name, bytes);

    public string Rows(string name, IEnumerable<Row> rows)
    {
        using var writer = RowFile.Create(_scratch[name]);
        foreach (var row in rows)
        {
            writer.Write(row);
        }

        return _scratch[name];
    }

    public string Examples(string name, IEnumerable<Example> examples)
    {
        using var writer = ExampleFile.Create(_scratch[name]);
        foreach (var example in examples)
        {
            writer.Write(example);
        }

        return _scratch[name];
    }

    public void Run<T>(string kind, T settings, params (string Name, string[] Paths)[] inputs)
        where T : notnull => Run(kind, settings, [], inputs);

    public void Run<T>(string kind, T settings, JsonObject display, params (string Name, string[] Paths)[] inputs)
        where T : notnull
    {
        _kind = kind;
        var stage = BuiltInStages.Of(kind);
        stage
            .RunAsync(Context(stage, StageJson.ToJson(settings), display, inputs), CancellationToken.None)
            .GetAwaiter()
            .GetResult();
    }

    public IReadOnlyList<Diagnostic> Fails<T>(string kind, T settings, params (string Name, string[] Paths)[] inputs)
        where T : notnull
    {
        var e = Assert.Throws<PipelineException>(() => Run(kind, settings, inputs));
        Assert.Equal(ExitCode.StepFailed, e.ExitCode);
        Assert.All(e.Diagnostics, d => Assert.False(string.IsNullOrEmpty(d.Cure), d.Message));
        return e.Diagnostics;
    }

    public void Dispose() => _scratch.Dispose();

    private StageContext Context(
        IStage stage,
        JsonObject settings,
        JsonObject display,
        (string Name, string[] Paths)[] inputs
    )
    {
        Directory.CreateDirectory(_scratch["out"]);
        return new StageContext
        {
            Step = new Step(stage.Kind, stage, settings, [], new Dictionary<string, string>(), display),
            InputPaths = inputs.ToDictionary(i => i.Name, i => (IReadOnlyList<string>)i.Paths),
            InputFacts = new Dictionary<string, JsonObject>(),
            InputKeys = new Dictionary<string, string>(),
            OutputPaths = stage.Outputs.ToDictionary(o => o.Name, o => Path.Combine(_scratch["out"], o.FileName)),
            CheckpointFolder = _scratch["checkpoint"],
            Progress = new Progress<StageProgress>(),
            Warn = Warnings.Add,
        };
    }
}
