using System.Text.Json.Nodes;
using Finetune.Engine.Native;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>Makes steps.</summary>
internal static class StepFactory
{
    /// <summary>The device of steps that only read and write weights.</summary>
    public const string Processor = ComputeDevice.Processor;

    // What computes: another version of it may give other digits.
    private const string Library = "TorchSharp 0.107.0, libtorch 2.10.0";

    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>A step that computes no tensors.</summary>
    public static Step Light<T>(string name, T settings, IReadOnlyList<StepInput> inputs, JsonObject? view = null)
        where T : notnull => new(name, StageOf(name), StageJson.ToJson(settings), inputs, Nothing, view ?? []);

    /// <summary>A step that computes tensors: library, precision and the class of the device are in its key; which one
    /// of several devices is not.</summary>
    public static Step Heavy<T>(
        string name,
        T settings,
        IReadOnlyList<StepInput> inputs,
        CheckedPipeline pipeline,
        IReadOnlyDictionary<string, string>? ambient = null,
        JsonObject? view = null,
        string? device = null
    )
        where T : notnull
    {
        device ??= pipeline.Device;
        view ??= [];
        if (device != Processor)
        {
            view[ModelInputs.DeviceEntry] = device;
        }

        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["library"] = Library,
            ["device"] = ComputeDevice.Class(device),
            ["precision"] = pipeline.Precision,
        };
        foreach (var (key, value) in ambient ?? Nothing)
        {
            entries[key] = value;
        }

        return new Step(name, StageOf(name), StageJson.ToJson(settings), inputs, entries, view);
    }

    private static IStage StageOf(string name) => BuiltInStages.Of(name.Split('.')[0]);
}
