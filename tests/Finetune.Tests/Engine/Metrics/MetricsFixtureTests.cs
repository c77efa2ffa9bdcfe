using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Tests;

namespace Finetune.Tests.Engine.Metrics;

/// <summary>Agreement with scikit-learn, scipy, statsmodels, lm-evaluation-harness, sacreBLEU, rouge_score and the SQuAD
/// script, to 1e-9.</summary>
public sealed class MetricsFixtureTests
{
    public static TheoryData<string> Folders => FixtureRoots.Cases("metrics");

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Agrees_with_the_reference(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var metric = MetricCases.All.Single(one => one.Name == Path.GetFileName(folder));
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        Assert.NotEqual(0, cases.RootElement.GetArrayLength());

        var wrong = cases
            .RootElement.EnumerateArray()
            .SelectMany(
                (one, i) =>
                    JsonNear
                        .Differences(
                            JsonNode.Parse(one.GetProperty("expected").GetRawText()),
                            metric.Answer(new CaseInput(one.GetProperty("input")))
                        )
                        .Select(difference => $"case {i}: {difference}")
            )
            .ToList();

        Assert.Empty(wrong);
    }
}
