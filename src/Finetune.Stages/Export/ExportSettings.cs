using System.Text.Json.Serialization;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Export;

/// <summary>One exported model.</summary>
/// <param name="Format"><c>huggingface</c> (merged) or <c>peft</c>.</param>
/// <param name="Precision">Of the base the adapter is merged into.</param>
/// <param name="Name">The pipeline's name, for <c>finetune.json</c>.</param>
/// <param name="Boundary">See TokenizeSettings; for <c>finetune.json</c>.</param>
/// <param name="MaxNewTokens">For free text; for <c>finetune.json</c>.</param>
/// <param name="Templates">The evaluation's templates; the first one is the one <c>predict</c> uses.</param>
public sealed record ExportSettings(
    string Format,
    string Precision,
    string Name,
    string Boundary,
    int MaxNewTokens,
    IReadOnlyList<TemplateSettings> Templates
)
{
    /// <summary><c>nf4</c>, <c>nf4-double</c>, or null: how the base's linear layers are held. Not in the key where null.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Quantization { get; init; }
}
