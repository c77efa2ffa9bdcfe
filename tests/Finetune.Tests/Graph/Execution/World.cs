using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Graph.Execution;

/// <summary>A store and user's files in a temporary folder, and steps whose code the test gives.</summary>
internal sealed class World : IDisposable
{
    private readonly List<string> executed = [];

    public World() => Store = new ArtifactStore(At("store"), TimeProvider.System);

    public string Folder { get; } = Directory.CreateTempSubdirectory("finetune-").FullName;

    public ArtifactStore Store { get; set; }

    /// <summary>Names of the steps that ran, since it was last asked.</summary>
    public IReadOnlyList<string> Executed()
    {
        lock (executed)
        {
            var names = executed.Order(StringComparer.Ordinal).ToList();
            executed.Clear();
            return names;
        }
    }

    public string At(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>A step that joins what it reads, cut to one letter where <c>short</c> is set.</summary>
    public Step Step(string name, JsonObject? settings = null, params StepInput[] inputs) =>
        Step(name, Join, settings, inputs);

    public Step Step(
        string name,
        Func<StageContext, CancellationToken, Task> run,
        JsonObject? settings,
        params StepInput[] inputs
    ) =>
        new(
            name,
            new Stage(this, name.Split('.')[0], run),
            settings ?? [],
            inputs,
            new Dictionary<string, string>(),
            []
        );

    public static OutputInput From(string step) => new("from_" + step, step, "text");

    public Plan Plan(params Step[] steps) => new("test", At("pipeline.yml"), steps);

    public Task<RunResult> RunAsync(
        Plan plan,
        RunOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        new Executor(Store, TimeProvider.System).RunAsync(
            plan,
            options ?? new RunOptions { Jobs = 4 },
            new Ignore(),
            cancellationToken
        );

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static Task Join(StageContext context, CancellationToken cancellationToken)
    {
        var texts = context.Step.Inputs.SelectMany(i => context.InputPaths[i.Name]).Select(File.ReadAllText);
        var text = string.Join('|', texts.Append(CanonicalJson.Write(context.Step.Settings)));
        File.WriteAllText(context.Output("text"), context.Step.Settings.ContainsKey("short") ? text[..1] : text);
        return Task.CompletedTask;
    }

    private sealed class Stage(World world, string kind, Func<StageContext, CancellationToken, Task> run) : IStage
    {
        public string Kind => kind;

        public int Version => 1;

        public IReadOnlyList<OutputDeclaration> Outputs =>
            kind == "folder" ? [new("text", "model", IsFolder: true)] : [new("text", "text.txt")];

        public bool Heavy => kind == "heavy";

        public Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            lock (world.executed)
            {
                world.executed.Add(context.Step.Name);
            }

            return run(context, cancellationToken);
        }
    }

    private sealed class Ignore : IProgress<RunEvent>
    {
        public void Report(RunEvent value) { }
    }
}
