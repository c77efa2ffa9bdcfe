using System.Text.Json.Serialization;
using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>What is compared and measured on the test rows.</summary>
public sealed record EvaluationSection
{
    /// <summary>The contenders: the base as it is, with examples in its prompt, after a stage of training, or tuned; other models, and other adapters on the base. Default: zero_shot and tuned.</summary>
    [NotEmpty]
    [OneOf(
        typeof(Word),
        typeof(FewShotSection),
        typeof(StageContenderSection),
        typeof(ModelContenderSection),
        typeof(AdapterContenderSection),
        Words = ["zero_shot", "tuned"]
    )]
    [Example("""["zero_shot", { "few_shot": 4 }, "tuned"]""")]
    public IReadOnlyList<ContenderItem>? Compare { get; init; }

    /// <summary>The templates that test rows are asked in. Default: the training's.</summary>
    [NotEmpty]
    [Example("""["ask"]""")]
    public IReadOnlyList<string>? Templates { get; init; }

    /// <summary>What is measured; the first is the headline. An expression of one's own is true, false or a number from 0 to 1 for an answer, more is better. f1 (SQuAD's, over words), ROUGE (F, without stems) and chrF are means over answers, for texts that may be right in part. Default: accuracy, exact_match, token_accuracy and perplexity.</summary>
    [NotEmpty]
    [OneOf(
        typeof(Word),
        typeof(OwnMetricSection),
        Words = [
            "accuracy",
            "exact_match",
            "token_accuracy",
            "perplexity",
            "f1",
            "rouge1",
            "rouge2",
            "rougeL",
            "rougeLsum",
            "chrf",
        ]
    )]
    [Example("""["accuracy", { "name": "brief", "expression": "prediction.size <= 80" }]""")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MetricItem>? Metrics { get; init; }

    /// <summary>The names of what is measured, defaults resolved.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Measured => Metrics is null ? Usual : [.. Metrics.Select(m => m.Name)];

    private static readonly string[] Usual = ["accuracy", "exact_match", "token_accuracy", "perplexity"];

    /// <summary>Columns that the test rows are grouped by, each group judged by itself: by a column's values, or by the length of its text, in four groups. Default: none.</summary>
    [NotEmpty]
    [OneOf(typeof(Text), typeof(LengthSliceSection))]
    [Example("""["channel", { "length": "message" }]""")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SliceItem>? Slices { get; init; }

    /// <summary>A second test, of what the model is not tuned for: the base and the tuned model answer its rows too, and the verdict says whether tuning made it forget. Default: none.</summary>
    [Example("""{ "source": "trivia", "templates": ["quiz"] }""")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GeneralSection? General { get; init; }

    /// <summary>What of a generated text is its answer, where templates have no choices; accuracy counts by it, here and while training. Default: all of it, as it stands.</summary>
    [Example("""{ "take": "number" }""")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnswersSection? Answers { get; init; }

    /// <summary>Which choice is the answer, here and while training: that of the highest log-probability in sum, per_token, or per_character of the choice, or calibrated: less what it is without a prompt.</summary>
    [Words("sum", "per_token", "per_character", "calibrated")]
    [Example("\"per_token\"")]
    public string ChoiceScore { get; init; } = "sum";

    /// <summary>How free text is generated.</summary>
    [Example("""{ "max_tokens": 16 }""")]
    public GenerateSection Generate { get; init; } = new();
}

/// <summary>A metric.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">Scriban, for one of the document's own; null for those there are.</param>
public sealed record MetricItem(string Name, string? Expression);

/// <summary>A metric of one's own.</summary>
public sealed record OwnMetricSection
{
    /// <summary>What it is called, in gates too.</summary>
    [Names]
    [Example("\"brief\"")]
    public required string Name { get; init; }

    /// <summary>A Scriban expression over the row's columns, prediction, reference and template: true, false, or a number from 0 to 1. A prompt that did not fit counts as 0.</summary>
    [NotEmpty]
    [Example("\"prediction.size <= 80\"")]
    public required string Expression { get; init; }
}

/// <summary>General questions.</summary>
public sealed record GeneralSection
{
    /// <summary>The source of its rows; none of them is trained on.</summary>
    [Example("\"trivia\"")]
    public required string Source { get; init; }

    /// <summary>The templates that its rows are asked in. Those that no other list names are for these rows alone.</summary>
    [NotEmpty]
    [Example("""["quiz"]""")]
    public required IReadOnlyList<string> Templates { get; init; }
}

/// <summary>One contender.</summary>
/// <param name="Name"><c>zero_shot</c>, <c>few_shot_K</c>, <c>few_shot_K_nearest</c>, <c>after_STAGE</c>, <c>tuned</c>, or what
/// the document calls another model.</param>
/// <param name="Shots">K of few-shot, else 0.</param>
public sealed record ContenderItem(string Name, int Shots)
{
    /// <summary>How the examples are chosen; null for random, and where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Choose { get; init; }

    /// <summary>The training stage whose model it is; null for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Stage { get; init; }

    /// <summary>The model it is, in place of the base; null for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>The adapter it is, on the base; null for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Adapter { get; init; }

    /// <summary>Where it stands in the document.</summary>
    [JsonIgnore]
    public string Place { get; init; } = "evaluation.compare";

    /// <summary>The name of the contender that is the trained model.</summary>
    public const string Tuned = "tuned";

    /// <summary>The name of the contender that is the base alone.</summary>
    public const string ZeroShot = "zero_shot";
}

/// <summary>How the answer is read off a generated text. The reference is read the same way, or taken whole where it has
/// nothing to read.</summary>
public sealed record AnswersSection
{
    /// <summary>all, or the first_line or last_line that is not blank; number: the last number; letter: that of an option, as after "answer", in brackets, or alone; a pattern's first group or match; or the value of a key in the first JSON object that has it. Default: all.</summary>
    [OneOf(
        typeof(Word),
        typeof(RegexSection),
        typeof(JsonKeySection),
        Words = ["all", "first_line", "last_line", "number", "letter"]
    )]
    [Example("\"number\"")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnswerTake? Take { get; init; }

    /// <summary>What does not matter when answers are compared. Default: nothing.</summary>
    [Words("case", "punctuation", "articles", "space")]
    [Example("""["case", "punctuation"]""")]
    public IReadOnlyList<string> Ignore { get; init; } = [];
}

/// <summary>What is taken.</summary>
/// <param name="Kind">How.</param>
/// <param name="Argument">The pattern or key; null where there is none.</param>
public sealed record AnswerTake(
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Argument
);

/// <summary>A pattern.</summary>
public sealed record RegexSection
{
    /// <summary>The pattern, of .NET without looking around or back.</summary>
    [Example("\"#### (.+)\"")]
    public required string Regex { get; init; }
}

/// <summary>A key of a JSON object.</summary>
public sealed record JsonKeySection
{
    /// <summary>The key.</summary>
    [Example("\"intent\"")]
    public required string Json { get; init; }
}

/// <summary>How test rows are grouped.</summary>
/// <param name="Column">The column.</param>
/// <param name="ByLength">By the length of its text, not by its values.</param>
public sealed record SliceItem(string Column, bool ByLength);

/// <summary>Groups of short and long rows.</summary>
public sealed record LengthSliceSection
{
    /// <summary>The column whose text is measured, in characters.</summary>
    [Example("\"message\"")]
    public required string Length { get; init; }
}

/// <summary>The base with examples in its prompt.</summary>
public sealed record FewShotSection
{
    /// <summary>How many training rows are put before the question.</summary>
    [Bounds(1, 1000)]
    [Example("4")]
    public required int FewShot { get; init; }

    /// <summary>Which rows: random: some, by the seed, the same for every question; first: the first ones; each_label: by the seed, one of every label before a second one of any; nearest: for every question those whose prompts are most like its own (BM25), the nearest last.</summary>
    [Words("random", "first", "each_label", "nearest")]
    [Example("\"nearest\"")]
    public string Choose { get; init; } = "random";
}

/// <summary>The model as an earlier training stage left it.</summary>
public sealed record StageContenderSection
{
    /// <summary>The stage; the last one's model is tuned.</summary>
    [Example("\"warm_up\"")]
    public required string Stage { get; init; }
}

/// <summary>Another model, asked the same prompts.</summary>
public sealed record ModelContenderSection
{
    /// <summary>What it is called.</summary>
    [Names]
    [Example("\"last_release\"")]
    public required string Name { get; init; }

    /// <summary>A folder in Hugging Face layout with its tokenizer, hub:ORG/NAME@REVISION, or builtin:NAME.</summary>
    [Example("\"out/model\"")]
    public required string Model { get; init; }
}

/// <summary>Another adapter on the base.</summary>
public sealed record AdapterContenderSection
{
    /// <summary>What it is called.</summary>
    [Names]
    [Example("\"last_adapter\"")]
    public required string Name { get; init; }

    /// <summary>A folder in PEFT's format, or hub:ORG/NAME@REVISION.</summary>
    [Example("\"out/adapter\"")]
    public required string Adapter { get; init; }
}

/// <summary>How free text is generated: greedily, unless a temperature and a seed are given.</summary>
public sealed record GenerateSection
{
    /// <summary>The most new tokens.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("16")]
    public int MaxTokens { get; init; } = 64;

    /// <summary>0 is greedy; more wants a seed.</summary>
    [Bounds(0, double.PositiveInfinity)]
    [Example("0.7")]
    public double Temperature { get; init; }

    /// <summary>Sampling among this many likeliest tokens; 0 is off.</summary>
    [Bounds(0, int.MaxValue)]
    [Example("40")]
    public int TopK { get; init; }

    /// <summary>Sampling among the likeliest tokens of this total probability; 1 is off.</summary>
    [Bounds(0, 1, AboveMinimum = true)]
    [Example("0.95")]
    public double TopP { get; init; } = 1;

    /// <summary>Taken from the score of every token that is there already, prompt included; 0 is off.</summary>
    [Bounds(-2, 2)]
    [Example("0.5")]
    public double PresencePenalty { get; init; }

    /// <summary>Taken from a token's score each time it is there already; 0 is off.</summary>
    [Bounds(-2, 2)]
    [Example("0.5")]
    public double FrequencyPenalty { get; init; }

    /// <summary>Divides positive scores of tokens that are there already and multiplies negative ones; 1 is off.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("1.1")]
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>No run of so many tokens comes twice; 0 is off.</summary>
    [Bounds(0, int.MaxValue)]
    [Example("3")]
    public int NoRepeatNgramSize { get; init; }

    /// <summary>Texts that may not come, as they stand and after a space. Default: none.</summary>
    [Example("""["As an AI"]""")]
    public IReadOnlyList<string> BadWords { get; init; } = [];

    /// <summary>Sampling among likeliest tokens up to this share of the entropy; 1 is off.</summary>
    [Bounds(0, 1, AboveMinimum = true)]
    [Example("0.4")]
    public double TopH { get; init; } = 1;

    /// <summary>Sampling among tokens at least this share as likely as the likeliest; 0 is off.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.05")]
    public double MinP { get; init; }

    /// <summary>Sampling among the tokens whose information is nearest the entropy, of this total probability; 1 is off.</summary>
    [Bounds(0, 1, AboveMinimum = true)]
    [Example("0.9")]
    public double TypicalP { get; init; } = 1;

    /// <summary>Sampling among tokens at least this likely; 0 is off.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.0003")]
    public double EpsilonCutoff { get; init; }

    /// <summary>The same, less strict where the distribution is flat; 0 is off.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.002")]
    public double EtaCutoff { get; init; }

    /// <summary>Seeds the sampling. Default: none.</summary>
    [Bounds(0, long.MaxValue)]
    [Example("1")]
    public long? Seed { get; init; }

    /// <summary>Texts at which an answer ends. Default: none.</summary>
    [Example("""["\n"]""")]
    public IReadOnlyList<string> Stop { get; init; } = [];
}
