using System.Text.Json.Serialization;

namespace Finetune.Stages.Artifacts;

/// <summary>Generated readers and writers of everything that is written a line at a time.</summary>
[JsonSerializable(typeof(Row))]
[JsonSerializable(typeof(Example))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(Dictionary<string, TemplateChoices>))]
[JsonSerializable(typeof(SplitLedger))]
[JsonSerializable(typeof(RenderLedger))]
[JsonSerializable(typeof(TokenLedger))]
[JsonSerializable(typeof(ReferenceSums))]
internal sealed partial class ArtifactJson : JsonSerializerContext
{
    /// <summary>The context with the options that all stages share.</summary>
    public static ArtifactJson Shared { get; } = new(new(StageJson.Options));
}
