using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Confidences and whether the answers were right.</summary>
internal static class CalibrationCase
{
    /// <summary>Brier score, and errors in 10 and in 15 bins.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var confidence = input["confidence"].Items().Select(item => item.Between(0, 1)).ToList();
        var correct = input["correct"].Items().Select(item => item.Flag()).ToList();
        CaseInput.SameLength(confidence.Count, correct.Count, "confidence and correct");
        var answers = confidence.Zip(correct).ToList();
        return new()
        {
            ["brier"] = CaseOutput.Number(Calibration.Brier(answers)),
            ["bins_10"] = Bins(Calibration.Of(answers, 10)),
            ["bins_15"] = Bins(Calibration.Of(answers, 15)),
        };
    }

    private static JsonObject Bins(Calibration calibration) =>
        new()
        {
            ["ece"] = CaseOutput.Number(calibration.ExpectedError),
            ["mce"] = CaseOutput.Number(calibration.LargestError),
            ["counts"] = CaseOutput.List(calibration.Bins.Select(bin => bin.Count)),
        };
}
