using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Planning;

/// <summary>All that a stage may know while it runs a step.</summary>
public sealed class StageContext
{
    /// <summary>The step that runs.</summary>
    public required Step Step { get; init; }

    /// <summary>Input name to absolute paths (one, or several for a <see cref="FileInput"/> with several).</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> InputPaths { get; init; }

    /// <summary>Measured facts of the step that made an input (seconds, memory, hits), by input name; outside the
    /// byte laws.</summary>
    public required IReadOnlyDictionary<string, JsonObject> InputFacts { get; init; }

    /// <summary>The key (hex) of the step that made an input, by input name; for reports only.</summary>
    public required IReadOnlyDictionary<string, string> InputKeys { get; init; }

    /// <summary>Where outputs are written, by output name; absolute, inside the attempt's folder.</summary>
    public required IReadOnlyDictionary<string, string> OutputPaths { get; init; }

    /// <summary>A folder under the step's key that outlives a killed run; removed once the step is published.</summary>
    public required string CheckpointFolder { get; init; }

    /// <summary>Where progress goes.</summary>
    public required IProgress<StageProgress> Progress { get; init; }

    /// <summary>Where warnings go; they are kept in the action result and shown again on a cached run.</summary>
    public required Action<Diagnostic> Warn { get; init; }

    /// <summary>Measured facts to be kept in the action result, outside key and digests.</summary>
    public JsonObject Facts { get; } = [];

    /// <summary>The one path of that input.</summary>
    public string Input(string name) => InputPaths[name].Single();

    /// <summary>The path of that output; the stage creates the file or folder.</summary>
    public string Output(string name) => OutputPaths[name];
}

/// <summary>A sign of life of a running step.</summary>
/// <param name="Message">What it is doing, a few words.</param>
/// <param name="Done">Units done, if they can be counted.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Values">Figures to show, e.g. <c>loss</c>, <c>tokens_per_second</c>, <c>validation_accuracy</c>.</param>
public sealed record StageProgress(
    string Message,
    long? Done = null,
    long? Total = null,
    IReadOnlyDictionary<string, double>? Values = null
);
