using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Counts of discordant rows.</summary>
internal static class McNemarCase
{
    /// <summary>Exact, mid-p and chi-square.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var (b, c) = (input["b"].Whole(), input["c"].Whole());
        var (statistic, p) = McNemarTest.ChiSquared(b, c);
        return new()
        {
            ["exact_p"] = CaseOutput.Number(McNemarTest.ExactP(b, c)),
            ["mid_p"] = CaseOutput.Number(McNemarTest.MidP(b, c)),
            ["chi2"] = CaseOutput.Number(statistic),
            ["chi2_p"] = CaseOutput.Number(p),
        };
    }
}
