using Finetune.Stages.Compilation.Checks;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Compilation.Tables;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>A document without faults, and all that was found beside it.</summary>
internal sealed record CheckedPipeline(
    CheckContext Context,
    IReadOnlyDictionary<string, SourceTable> Tables,
    CheckedSplits Splits,
    IReadOnlyDictionary<string, CheckedTemplate> Templates,
    ResolvedModel Model,
    IReadOnlyList<ContenderItem> Contenders,
    string Precision,
    string Device,
    CompileOptions Options
)
{
    /// <summary>The settings.</summary>
    public PipelineSettings Settings => Context.Settings;

    /// <summary>Models and adapters that the pipeline does not make, by contender.</summary>
    public required IReadOnlyDictionary<string, ResolvedContender> OtherModels { get; init; }

    /// <summary>Which templates are used where.</summary>
    public TemplateUse Use { get; } = TemplateUse.Of(Context.Settings);

    /// <summary>Seeds of training; the first makes the tuned model.</summary>
    public IReadOnlyList<long> Seeds { get; } = Context.Settings.Seeds ?? [Context.Settings.Seed];

    /// <summary>Whether the weights start random.</summary>
    public bool RandomInitialisation => Settings.Model is RandomModelSection;

    /// <summary>How prompt and completion become tokens: an encoder and its decoder read texts of their own.</summary>
    public string Boundary => Model.HasEncoder ? "source" : Settings.Model.Boundary;

    /// <summary><c>nf4</c>, <c>nf4-double</c>, or null: how the base's linear layers are held.</summary>
    public string? Quantization =>
        Settings.Model.Quantization is { } kind
            ? Settings.Model.DoubleQuantization is false
                ? kind
                : $"{kind}-double"
            : null;

    /// <summary>The evaluation, or its defaults.</summary>
    public EvaluationSection Evaluation { get; } = Context.Settings.Evaluation ?? new EvaluationSection();

    /// <summary>The name of the last training step, or null.</summary>
    public string? LastTrainStep => Settings.Training.Count > 0 ? $"train.{Settings.Training[^1].Name}" : null;
}
