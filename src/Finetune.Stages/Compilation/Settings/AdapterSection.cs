using System.Text.Json.Serialization;
using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A low-rank adapter.</summary>
public sealed record AdapterSection
{
    /// <summary>The kind of adapter.</summary>
    [Words("lora")]
    [Example("\"lora\"")]
    public required string Kind { get; init; }

    /// <summary>The rank r of the two factors.</summary>
    [Bounds(1, 65536)]
    [Example("16")]
    public int Rank { get; init; } = 16;

    /// <summary>The scale is alpha / rank, or alpha / sqrt(rank) with rslora.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("32")]
    public double Alpha { get; init; } = 32;

    /// <summary>Dropout on the adapter's input.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.05")]
    public double Dropout { get; init; }

    /// <summary>Whether the scale is rank-stabilised.</summary>
    [Example("true")]
    public bool Rslora { get; init; }

    /// <summary>all-linear (all linear layers but the head), or a list of module name suffixes.</summary>
    [OneOf(typeof(Word), typeof(Texts), Words = ["all-linear"])]
    [Example("""["q_proj", "v_proj"]""")]
    public AdapterTargets Targets { get; init; } = new(Modules: null);

    /// <summary>The decoder layers it sits on, numbered from 0, or how many of the last ones. What lies below them never changes, so that it is computed once (see cache_prefix). Default: all.</summary>
    [OneOf(typeof(Numbers), typeof(LastLayersSection))]
    [Example("""{ "last": 4 }""")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AdapterLayers? Layers { get; init; }

    /// <summary>Whether weights are split into magnitude and direction (DoRA).</summary>
    [Example("true")]
    public bool Dora { get; init; }

    /// <summary>Modules that are trained whole and kept with the adapter, by the end of their names. Default: none.</summary>
    [NotEmpty]
    [Example("""["lm_head"]""")]
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>The biases that are trained: none, all, or lora_only (those of the layers the adapter sits on).</summary>
    [Words("none", "all", "lora_only")]
    [Example("\"lora_only\"")]
    public string Bias { get; init; } = "none";

    /// <summary>A folder with an adapter in PEFT's format to start from. Default: a fresh one.</summary>
    [NotEmpty]
    [Example("\"models/adapter\"")]
    public string? StartFrom { get; init; }
}

/// <summary>Which layers an adapter sits on.</summary>
/// <param name="Modules">Suffixes of module names; null: all linear layers but the head.</param>
public sealed record AdapterTargets(IReadOnlyList<string>? Modules);

/// <summary>Which decoder layers an adapter sits on.</summary>
/// <param name="Last">So many of the last; null where numbers say it.</param>
/// <param name="Numbers">Their numbers; null where a count says it.</param>
public sealed record AdapterLayers(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Last,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Numbers
);

/// <summary>The last layers.</summary>
public sealed record LastLayersSection
{
    /// <summary>How many.</summary>
    [Bounds(1, 65536)]
    [Example("4")]
    public required int Last { get; init; }
}
