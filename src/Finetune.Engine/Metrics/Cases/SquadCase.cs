using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>An answer against the best of the right ones.</summary>
internal static class SquadCase
{
    /// <summary>The answer as it is compared, exact match and F1.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var prediction = input["prediction"].Text();
        var (exact, f1) = SquadAnswer.Of(prediction, input["golds"].Texts());
        return new()
        {
            ["normalized"] = SquadAnswer.Normalize(prediction),
            ["exact"] = CaseOutput.Number(exact),
            ["f1"] = CaseOutput.Number(f1),
        };
    }
}
