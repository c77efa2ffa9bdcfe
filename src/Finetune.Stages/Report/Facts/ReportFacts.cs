using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Report.Facts;

/// <summary>All that the report says: <c>report.json</c>, and what <c>report.html</c> is drawn from.</summary>
/// <param name="Version">Of this format; 1.</param>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Sentence">The verdict in one sentence.</param>
/// <param name="Verdict">The judgement as the verdict step left it.</param>
/// <param name="Gates">Requirements and whether they hold.</param>
/// <param name="Evaluations">One a contender, document order.</param>
/// <param name="Trainings">One a training stage, in order.</param>
/// <param name="Samples">Rows spread evenly over the test.</param>
/// <param name="Flips">Rows that changed, one entry a contender the last one is compared with.</param>
/// <param name="Split">What splitting counted.</param>
/// <param name="Render">What rendering counted.</param>
/// <param name="Tokens">What tokenizing counted; null without training.</param>
/// <param name="Exports">How exported models answered when read back, document order.</param>
/// <param name="Graph">Every step before the report, and the steps it reads from.</param>
/// <param name="Document">The document as compiled.</param>
/// <param name="Steps">Fingerprints and measured facts of the steps this was made from.</param>
/// <param name="Environment">Where the report was written.</param>
internal sealed record ReportFacts(
    int Version,
    string Name,
    string Sentence,
    VerdictRecord Verdict,
    IReadOnlyList<GateFact> Gates,
    IReadOnlyList<EvaluationSummary> Evaluations,
    IReadOnlyList<TrainingFact> Trainings,
    IReadOnlyList<SampleFact> Samples,
    IReadOnlyList<FlipFact> Flips,
    SplitLedger? Split,
    RenderLedger? Render,
    TokenLedger? Tokens,
    IReadOnlyList<ParityRecord> Exports,
    IReadOnlyList<GraphStep> Graph,
    JsonObject Document,
    IReadOnlyList<StepFact> Steps,
    IReadOnlyDictionary<string, string> Environment
);

/// <summary>A requirement.</summary>
/// <param name="Expression">As written.</param>
/// <param name="Holds">Whether it is met.</param>
/// <param name="Explanation">With the figures put in.</param>
internal sealed record GateFact(string Expression, bool Holds, string Explanation);

/// <summary>A training stage.</summary>
/// <param name="Summary">What it did.</param>
/// <param name="Curve">Its log, thinned to what a chart can show.</param>
internal sealed record TrainingFact(TrainingSummary Summary, TrainingCurve Curve);

/// <summary>One test row in one wording with everybody's answer.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Template">The wording.</param>
/// <param name="Prompt">The prompt without few-shot examples, cut in the middle where it is long.</param>
/// <param name="Reference">The right answer.</param>
/// <param name="Answers">By contender.</param>
internal sealed record SampleFact(
    long Row,
    string Template,
    string Prompt,
    string Reference,
    IReadOnlyDictionary<string, SampleAnswer> Answers
);

/// <summary>One contender's answer; null where the prompt did not fit.</summary>
internal sealed record SampleAnswer(string? Prediction, bool Correct);

/// <summary>Rows that changed between two contenders.</summary>
/// <param name="First">A contender.</param>
/// <param name="Second">Another.</param>
/// <param name="Fixed">How many only the second got right.</param>
/// <param name="Broken">How many only the first got right.</param>
/// <param name="FixedSamples">The first of them.</param>
/// <param name="BrokenSamples">The first of them.</param>
internal sealed record FlipFact(
    string First,
    string Second,
    int Fixed,
    int Broken,
    IReadOnlyList<SampleFact> FixedSamples,
    IReadOnlyList<SampleFact> BrokenSamples
);

/// <summary>A step that something in the report comes from.</summary>
/// <param name="Step">Its name.</param>
/// <param name="Key">Its fingerprint in hex.</param>
/// <param name="Facts">What the run that made it measured: seconds, memory, rates.</param>
internal sealed record StepFact(string Step, string Key, JsonObject Facts)
{
    /// <summary>A measured figure; null where it was not measured.</summary>
    public double? Figure(string name) => Number(Facts[name]);

    /// <summary>The number that a fact is; null where it is none.</summary>
    public static double? Number(JsonNode? fact) =>
        fact is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)
            : null;
}
