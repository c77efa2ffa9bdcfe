using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>What is compared and measured on the test rows.</summary>
public sealed record EvaluationSection
{
    /// <summary>The contenders. Default: zero_shot and tuned.</summary>
    [NotEmpty]
    [OneOf(typeof(Word), typeof(FewShotSection), Words = ["zero_shot", "tuned"])]
    [Example("""["zero_shot", { "few_shot": 4 }, "tuned"]""")]
    public IReadOnlyList<ContenderItem>? Compare { get; init; }

    /// <summary>The templates that test rows are asked in. Default: the training's.</summary>
    [NotEmpty]
    [Example("""["ask"]""")]
    public IReadOnlyList<string>? Templates { get; init; }

    /// <summary>What is measured.</summary>
    [NotEmpty]
    [Words("accuracy", "exact_match", "token_accuracy", "perplexity")]
    [Example("""["accuracy"]""")]
    public IReadOnlyList<string> Metrics { get; init; } = ["accuracy", "exact_match", "token_accuracy", "perplexity"];

    /// <summary>How free text is generated.</summary>
    [Example("""{ "max_tokens": 16 }""")]
    public GenerateSection Generate { get; init; } = new();
}

/// <summary>One contender.</summary>
/// <param name="Name"><c>zero_shot</c>, <c>few_shot_K</c> or <c>tuned</c>.</param>
/// <param name="Shots">K of few-shot, else 0.</param>
public sealed record ContenderItem(string Name, int Shots)
{
    /// <summary>The name of the contender that is the trained model.</summary>
    public const string Tuned = "tuned";

    /// <summary>The name of the contender that is the base alone.</summary>
    public const string ZeroShot = "zero_shot";
}

/// <summary>The base with examples in its prompt.</summary>
public sealed record FewShotSection
{
    /// <summary>How many training rows are put before the question.</summary>
    [Bounds(1, 1000)]
    [Example("4")]
    public required int FewShot { get; init; }
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

    /// <summary>Seeds the sampling. Default: none.</summary>
    [Bounds(0, long.MaxValue)]
    [Example("1")]
    public long? Seed { get; init; }

    /// <summary>Texts at which an answer ends. Default: none.</summary>
    [Example("""["\n"]""")]
    public IReadOnlyList<string> Stop { get; init; } = [];
}
