using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>Values of rows as bare texts.</summary>
internal static class Cells
{
    /// <summary>A text as it is, everything else as JSON writes it.</summary>
    public static string Text(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var bare)
            ? bare
            : value?.ToJsonString(StageJson.Options) ?? "";
}
