using System.Text.Json.Serialization;

namespace Finetune.Stages.Reference;

/// <summary>What the log-probabilities of a reference model hang on.</summary>
/// <param name="RandomInitialisation">Whether the model starts from random weights of <c>base</c>'s config.</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Seed">For random weights; else 0.</param>
/// <param name="Templates">Names of the templates whose pairs are scored.</param>
/// <param name="Quantization"><c>nf4</c>, <c>nf4-double</c>, or null.</param>
public sealed record ReferenceSettings(
    bool RandomInitialisation,
    string Precision,
    long Seed,
    IReadOnlyList<string> Templates,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Quantization = null
);
