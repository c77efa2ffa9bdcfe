using System.Text.Json.Serialization;
using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A pipeline of dotnet finetune: labelled rows, wordings, a base model, its training, and the verdict.</summary>
public sealed record PipelineSettings
{
    /// <summary>The version of the document's format.</summary>
    [Bounds(1, 1)]
    [Example("1")]
    public required int Version { get; init; }

    /// <summary>What the pipeline is called in reports.</summary>
    [NotEmpty]
    [Example("\"banking-intents\"")]
    public required string Name { get; init; }

    /// <summary>Seeds splits, order, dropout, initialisation and few-shot examples.</summary>
    [Bounds(0, long.MaxValue)]
    [Example("17")]
    public long Seed { get; init; }

    /// <summary>Seeds of training, two or more: the stages are trained and evaluated with each, and the report says what differs. The first makes the model that is tuned, exported and compared. Default: none, 'seed' seeds the one training.</summary>
    [NotEmpty]
    [Example("[1, 2, 3]")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<long>? Seeds { get; init; }

    /// <summary>Tables of rows, by name.</summary>
    [Names]
    [NotEmpty]
    [Example("""{ "messages": { "path": "data/messages.csv" } }""")]
    public required IReadOnlyDictionary<string, SourceSection> Sources { get; init; }

    /// <summary>How rows are parted into training, validation and test: fractions of one source, or a source each.</summary>
    [OneOf(typeof(FractionSplitsSection), typeof(SourceSplitsSection))]
    [Example("""{ "from": "messages", "train": 0.8, "validation": 0.1, "test": 0.1 }""")]
    public required SplitsSection Splits { get; init; }

    /// <summary>Wordings that turn a row into prompt and completion, or into messages, by name.</summary>
    [Names]
    [NotEmpty]
    [OneOf(typeof(PairTemplateSection), typeof(ChatTemplateSection))]
    [Example(
        """{ "ask": { "prompt": "{{ message }}\nIntent:", "completion": " {{ intent }}", "answer": "intent", "choices": "distinct" } }"""
    )]
    public required IReadOnlyDictionary<string, TemplateSection> Templates { get; init; }

    /// <summary>The model to start from: a checkpoint, or random weights of a configuration.</summary>
    [OneOf(typeof(BaseModelSection), typeof(RandomModelSection))]
    [Example("""{ "base": "builtin:tiny" }""")]
    public required ModelSection Model { get; init; }

    /// <summary>Training stages in order; each starts from the one before. Default: none, the base is only measured.</summary>
    [Example("""[{ "name": "instruct", "epochs": 3 }]""")]
    public IReadOnlyList<TrainingSection> Training { get; init; } = [];

    /// <summary>What is compared and measured on the test rows.</summary>
    [Example("""{ "compare": ["zero_shot", { "few_shot": 4 }, "tuned"] }""")]
    public EvaluationSection? Evaluation { get; init; }

    /// <summary>Quality gates over contender.metric; exit code 4 when one fails. Default: none.</summary>
    [Example("""["tuned.accuracy >= zero_shot.accuracy + 0.05"]""")]
    public IReadOnlyList<string> Require { get; init; } = [];

    /// <summary>Models to write for other programs. Default: none.</summary>
    [Example("""[{ "format": "huggingface", "to": "out/model" }]""")]
    public IReadOnlyList<ExportSection> Export { get; init; } = [];

    /// <summary>What the report shows.</summary>
    [Example("""{ "samples": 20 }""")]
    public ReportSection? Report { get; init; }
}
