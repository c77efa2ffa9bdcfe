using System.Text.Json;
using System.Text.Json.Serialization;

namespace Finetune.Stages.Artifacts;

/// <summary>What one evaluation cost and could not do: <c>summary.json</c> of evaluate. Times are not here, they are
/// facts of the action result.</summary>
/// <param name="Contender">Its name, such as <c>few_shot_4</c>.</param>
/// <param name="Rows">Test rows.</param>
/// <param name="Examples">Rows times templates.</param>
/// <param name="PromptTokensTotal">Tokens of all prompts as sent, few-shot examples included.</param>
/// <param name="PromptTokensMax">Tokens of the longest prompt.</param>
/// <param name="Window">Most tokens a prompt and its answer may have.</param>
/// <param name="DidNotFit">Prompts that were longer and got no answer.</param>
/// <param name="Shots">Numbers of the training rows shown as examples; empty for zero-shot and tuned.</param>
/// <param name="Choices">Whether answers were picked among choices; else generated.</param>
public sealed record EvaluationSummary(
    string Contender,
    int Rows,
    int Examples,
    long PromptTokensTotal,
    int PromptTokensMax,
    int Window,
    int DidNotFit,
    IReadOnlyList<long> Shots,
    bool Choices
);

/// <summary>What one training did: <c>summary.json</c> of train.</summary>
/// <param name="Stage">The training stage's name.</param>
/// <param name="Steps">Optimizer steps done.</param>
/// <param name="BestStep">The step whose weights were kept as the best; null where the last were kept.</param>
/// <param name="BestMetric"><c>validation_loss</c> or <c>validation_accuracy</c>; null where the last were kept.</param>
/// <param name="BestValue">The metric at that step.</param>
/// <param name="Tokens">Tokens seen, without padding.</param>
/// <param name="LabelTokens">Tokens that carried loss.</param>
/// <param name="Parameters">Parameters of the model.</param>
/// <param name="TrainableParameters">Those that were trained.</param>
/// <param name="Flops">6 × parameters × tokens, the usual estimate (Kaplan et al. 2020).</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="MicroBatchSize">Examples in one pass; null where they were grouped by a budget of tokens.</param>
/// <param name="EarlyStopped">Whether it ended before its last step for want of gain.</param>
public sealed record TrainingSummary(
    string Stage,
    int Steps,
    int? BestStep,
    string? BestMetric,
    double? BestValue,
    long Tokens,
    long LabelTokens,
    long Parameters,
    long TrainableParameters,
    double Flops,
    string Precision,
    int? MicroBatchSize,
    bool EarlyStopped
)
{
    /// <summary>Whether the minutes it was given ended it, so that it depends on a clock. Written where true.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OutOfTime { get; init; }
}

/// <summary>Reads and writes the summaries.</summary>
public static class SummaryFile
{
    /// <summary>Reads a summary.</summary>
    /// <exception cref="InvalidDataException">The file holds no such summary.</exception>
    public static T Read<T>(string path)
        where T : class
    {
        using var stream = File.OpenRead(path);
        return JsonSerializer.Deserialize<T>(stream, StageJson.Options)
            ?? throw new InvalidDataException($"{Path.GetFileName(path)}: a summary was wanted, null was found");
    }

    /// <summary>Writes a summary, one line.</summary>
    public static void Write<T>(string path, T summary)
        where T : class => File.WriteAllText(path, JsonSerializer.Serialize(summary, StageJson.Options) + "\n");
}
