using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Artifacts;

/// <summary>Where in the document a step comes from, out of its private entries <c>file</c>, <c>line</c>,
/// <c>column</c>.</summary>
public static class StepPlace
{
    /// <summary>The place, or null where the entries are missing.</summary>
    public static SourceSpan? Of(JsonNode? view) =>
        view is JsonObject entries && entries["file"] is { } file && entries["line"] is { } line
            ? new SourceSpan((string)file!, (int)line, (int?)entries["column"] ?? 1)
            : null;
}
