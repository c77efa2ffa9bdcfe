using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Problems as pairs of samples and right ones.</summary>
internal static class PassAtKCase
{
    /// <summary>A chance a problem and their mean.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var k = input["k"].Whole(1);
        var each = input["problems"].Items().Select(problem => Of(problem, k)).ToList();
        return new()
        {
            ["each"] = CaseOutput.List(each),
            ["mean"] = CaseOutput.Number(each.Count == 0 ? double.NaN : each.Average()),
        };
    }

    private static double Of(CaseInput problem, int k)
    {
        var pair = problem.Items();
        if (pair.Count != 2)
        {
            throw new MetricException($"'{problem.Path}' has {pair.Count} numbers; [samples, correct] was wanted");
        }

        var samples = pair[0].Whole();
        return PassAtK.Of(samples, pair[1].Whole(0, samples), k);
    }
}
