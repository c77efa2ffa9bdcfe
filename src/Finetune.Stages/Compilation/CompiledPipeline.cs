using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Gates;
using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation;

/// <summary>A document that can run.</summary>
/// <param name="Plan">Its steps.</param>
/// <param name="Settings">Its settings as written, defaults filled in.</param>
/// <param name="Warnings">What the user should know, in document order.</param>
/// <param name="Require">Quality gates of the document, then those of the command line.</param>
/// <param name="Document">The document as canonical JSON, defaults filled in, without paths.</param>
/// <param name="Prediction">What labels new rows.</param>
public sealed record CompiledPipeline(
    Plan Plan,
    PipelineSettings Settings,
    IReadOnlyList<Diagnostic> Warnings,
    IReadOnlyList<Requirement> Require,
    JsonObject Document,
    PredictionTemplate Prediction
)
{
    /// <summary>Where it computes: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>mps</c>.</summary>
    public required string Device { get; init; }

    /// <summary>What the document takes from the Hub and is not here: steps that hang on it cannot be told yet, and a run
    /// fetches it first.</summary>
    public IReadOnlyList<HubWish> Missing { get; init; } = [];

    /// <summary>All that the document takes from the Hub.</summary>
    public IReadOnlyList<HubWish> FromHub { get; init; } = [];
}
