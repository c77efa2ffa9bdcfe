using System.Text.Json.Serialization;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Export;

/// <summary>One exported model.</summary>
/// <param name="Format">A name of <see cref="Formats.ExportFormats"/>.</param>
/// <param name="Name">The pipeline's name, for <c>finetune.json</c> and the model card.</param>
/// <param name="Boundary">See TokenizeSettings; for <c>finetune.json</c>.</param>
/// <param name="MaxNewTokens">For free text; for <c>finetune.json</c>, and how far exported and trained model are
/// compared.</param>
/// <param name="Templates">The evaluation's templates; the first one is the one <c>predict</c> uses.</param>
public sealed record ExportSettings(
    string Format,
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

    /// <summary>gguf: how matrices are stored.</summary>
    public string? Type { get; init; }

    /// <summary>gguf: the file's bare name, which the Modelfile says.</summary>
    public string? FileName { get; init; }

    /// <summary>huggingface: the numbers of the weights; null for those they have.</summary>
    public string? Dtype { get; init; }

    /// <summary>huggingface: the most bytes of tensors in a file.</summary>
    public long ShardBytes { get; init; }
}
