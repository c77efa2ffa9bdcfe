using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>p-values of several tests.</summary>
internal static class PAdjustCase
{
    /// <summary>Adjusted three ways.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var p = input["p"].Items().Select(item => item.Between(0, 1)).ToList();
        return new()
        {
            ["bonferroni"] = CaseOutput.List(PAdjustment.Bonferroni(p)),
            ["holm"] = CaseOutput.List(PAdjustment.Holm(p)),
            ["benjamini_hochberg"] = CaseOutput.List(PAdjustment.BenjaminiHochberg(p)),
        };
    }
}
