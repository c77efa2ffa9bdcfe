using System.Text.Json.Nodes;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>Makes steps.</summary>
internal static class StepFactory
{
    // What computes: another version of it may give other digits.
    private const string Library = "TorchSharp 0.107.0, libtorch 2.10.0";
    private const string Device = "cpu";

    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>A step that computes no tensors.</summary>
    public static Step Light<T>(string name, T settings, IReadOnlyList<StepInput> inputs, JsonObject? view = null)
        where T : notnull => new(name, StageOf(name), StageJson.ToJson(settings), inputs, Nothing, view ?? []);

    /// <summary>A step that computes tensors: library, device and precision are in its key.</summary>
    public static Step Heavy<T>(
        string name,
        T settings,
        IReadOnlyList<StepInput> inputs,
        string precision,
        IReadOnlyDictionary<string, string>? ambient = null,
        JsonObject? view = null
    )
        where T : notnull
    {
        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["library"] = Library,
            ["device"] = Device,
            ["precision"] = precision,
        };
        foreach (var (key, value) in ambient ?? Nothing)
        {
            entries[key] = value;
        }

        return new Step(name, StageOf(name), StageJson.ToJson(settings), inputs, entries, view ?? []);
    }

    private static IStage StageOf(string name) => BuiltInStages.Of(name.Split('.')[0]);
}
