using System.Text.Json.Serialization;

namespace Finetune.Stages.Prefix;

/// <summary>What the states that enter the lowest layer with an adapter hang on, besides base and tokens.</summary>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Quantization"><c>nf4</c>, <c>nf4-double</c>, or null.</param>
/// <param name="Templates">Names of the templates whose examples are run.</param>
/// <param name="Objective"><c>completion</c> or <c>language-model</c>: which tokens something is predicted from.</param>
/// <param name="Layer">Number of the layer, from 0; null where it is counted from the last.</param>
/// <param name="Last">Layers from it to the last; null where it is given by number.</param>
public sealed record PrefixSettings(
    string Precision,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Quantization,
    IReadOnlyList<string> Templates,
    string Objective,
    int? Layer,
    int? Last
);
