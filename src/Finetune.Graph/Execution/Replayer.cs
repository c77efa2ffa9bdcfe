using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>What a step reads when it is run again.</summary>
/// <param name="Paths">Input name to absolute paths.</param>
/// <param name="Facts">Input name to what was measured of the step that made it.</param>
/// <param name="Keys">Input name to the key of the step that made it.</param>
public sealed record ReplayInputs(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Paths,
    IReadOnlyDictionary<string, JsonObject> Facts,
    IReadOnlyDictionary<string, string> Keys
);

/// <summary>What running a step again gave.</summary>
/// <param name="Files">Files compared.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Differences">What is not as it is in the store, one text a file; empty where all is the same.</param>
public sealed record Replay(int Files, long Bytes, IReadOnlyList<string> Differences);

/// <summary>Runs a step again beside the store and compares the bytes of what it leaves. The store stays as it is.</summary>
/// <param name="store">The store.</param>
public sealed class Replayer(ArtifactStore store)
{
    private const int ShownDigits = 12;

    /// <summary>The inputs of a step of a plan, from the results of the steps before it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="resultOf">The stored result of a step.</param>
    public ReplayInputs Inputs(Step step, Func<string, ActionResult> resultOf)
    {
        var made = step.Inputs.OfType<OutputInput>().ToDictionary(i => i.Name, i => resultOf(i.Step));
        return new ReplayInputs(
            step.Inputs.ToDictionary(
                input => input.Name,
                input =>
                    input switch
                    {
                        OutputInput output => [store.Show(made[output.Name])[output.Output]],
                        FileInput files => files.Paths,
                        _ => throw new InvalidOperationException($"{step.Name} has no {input.Name} yet"),
                    },
                StringComparer.Ordinal
            ),
            made.ToDictionary(i => i.Key, i => i.Value.Facts, StringComparer.Ordinal),
            made.ToDictionary(i => i.Key, i => i.Value.Key, StringComparer.Ordinal)
        );
    }

    /// <summary>Runs it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="stored">What it left when it ran.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="progress">Signs of life.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Replay> RunAsync(
        Step step,
        ActionResult stored,
        ReplayInputs inputs,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken
    )
    {
        var folder = Path.Combine(store.Paths.Temp, $"replay-{Path.GetRandomFileName()}");
        var checkpoints = Path.Combine(folder, "checkpoints");
        Directory.CreateDirectory(checkpoints);
        try
        {
            var context = new StageContext
            {
                Step = step,
                InputPaths = inputs.Paths,
                InputFacts = inputs.Facts,
                InputKeys = inputs.Keys,
                OutputPaths = step.Stage.Outputs.ToDictionary(
                    o => o.Name,
                    o => Path.Combine(folder, o.FileName),
                    StringComparer.Ordinal
                ),
                CheckpointFolder = checkpoints,
                Progress = progress,
                Warn = _ => { },
            };
            await step.Stage.RunAsync(context, cancellationToken);
            var again = step.Stage.Outputs.Select(o => ArtifactStore.Describe(o, context.OutputPaths[o.Name])).ToList();
            return Compare(stored.Outputs, again);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Replay Compare(IReadOnlyList<StoredOutput> stored, IReadOnlyList<StoredOutput> again)
    {
        var before = Files(stored);
        var now = Files(again);
        var differences = before
            .Keys.Union(now.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(name =>
                !now.TryGetValue(name, out var file) ? $"{name}: not made again"
                : !before.TryGetValue(name, out var old) ? $"{name}: not in the store"
                : old.Digest == file.Digest ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {file.Digest[..ShownDigits]} ({file.Size} bytes), in the store {old.Digest[..ShownDigits]} ({old.Size} bytes)"
                )
            )
            .OfType<string>();
        return new Replay(now.Count, now.Values.Sum(f => f.Size), [.. differences]);
    }

    private static Dictionary<string, StoredFile> Files(IEnumerable<StoredOutput> outputs) =>
        outputs
            .SelectMany(o =>
                o.Files.Select(f => (Name: f.Path.Length == 0 ? o.FileName : $"{o.FileName}/{f.Path}", File: f))
            )
            .ToDictionary(f => f.Name, f => f.File, StringComparer.Ordinal);
}
