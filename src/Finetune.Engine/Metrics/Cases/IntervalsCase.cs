using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Intervals of a share.</summary>
internal static class IntervalsCase
{
    /// <summary>Wilson's and the exact one.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var trials = input["trials"].Whole(1);
        var successes = input["successes"].Whole(0, trials);
        var confidence = input.Has("confidence") ? input["confidence"].Between(1e-9, 1 - 1e-12) : 0.95;
        return new()
        {
            ["wilson"] = Ends(WilsonInterval.Of(successes, trials, confidence)),
            ["clopper_pearson"] = Ends(ClopperPearsonInterval.Of(successes, trials, confidence)),
        };
    }

    private static JsonArray Ends(Interval interval) => CaseOutput.List([interval.Low, interval.High]);
}
