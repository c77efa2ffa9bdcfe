using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Two contenders' values on the same rows, and resamples of the rows.</summary>
internal static class BootstrapCase
{
    /// <summary>The difference, its interval and its p.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var first = input["first"].Numbers();
        var second = input["second"].Numbers();
        CaseInput.SameLength(first.Length, second.Length, "first and second");
        var resamples = input["resamples"].Items().Select(one => Rows(one, first.Length)).ToList();
        if (resamples.Count == 0)
        {
            throw new MetricException("'resamples' is empty");
        }

        var confidence = input.Has("confidence") ? input["confidence"].Between(0, 1) : 0.95;
        var got = PairedBootstrap.Of(first, second, resamples, confidence);
        return new()
        {
            ["delta"] = CaseOutput.Number(got.Delta),
            ["low"] = CaseOutput.Number(got.Interval.Low),
            ["high"] = CaseOutput.Number(got.Interval.High),
            ["standard_error"] = CaseOutput.Number(got.StandardError),
            ["share_at_most_zero"] = CaseOutput.Number(got.ShareAtMostZero),
            ["share_at_least_zero"] = CaseOutput.Number(got.ShareAtLeastZero),
            ["p"] = CaseOutput.Number(got.P),
        };
    }

    private static int[] Rows(CaseInput resample, int rows)
    {
        int[] places = [.. resample.Items().Select(place => place.Whole(0, rows - 1))];
        return places.Length > 0 ? places : throw new MetricException($"'{resample.Path}' is empty");
    }
}
