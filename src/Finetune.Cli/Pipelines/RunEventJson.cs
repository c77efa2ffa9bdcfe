using System.Text.Json.Nodes;
using Finetune.Graph.Execution;

namespace Finetune.Cli.Pipelines;

/// <summary>Run events as JSON: one object a line under <c>--json</c>, and in the run's <c>events.jsonl</c>.</summary>
internal static class RunEventJson
{
    /// <summary>The event.</summary>
    public static JsonObject Of(RunEvent happened) =>
        happened switch
        {
            StepStarted started => Event("step-started", started.Step, ("reason", started.Reason)),
            StepWaiting waiting => Event("step-waiting", waiting.Step),
            StepWarned warned => Event(
                "warning",
                warned.Step,
                ("code", warned.Diagnostic.Code),
                ("message", warned.Diagnostic.Message)
            ),
            StepProgressed progressed => Progress(progressed),
            StepFinished finished => Finished(finished.Result),
            _ => Event("unknown", happened.Step),
        };

    /// <summary>A step as it stands in <c>run-finished</c>.</summary>
    public static JsonObject Step(StepResult result) =>
        new()
        {
            ["name"] = result.Name,
            ["kind"] = result.Kind,
            ["status"] = Word(result.Status),
            ["reason"] = result.Reason,
            ["seconds"] = Math.Round(result.Seconds, 3),
            ["key"] = result.Key,
            ["outputs"] = new JsonObject(
                result.Outputs.Select(o => KeyValuePair.Create<string, JsonNode?>(o.Key, JsonValue.Create(o.Value)))
            ),
        };

    /// <summary>The status in a word.</summary>
    public static string Word(StepStatus status) =>
        status switch
        {
            StepStatus.Executed => "executed",
            StepStatus.Cached => "cached",
            StepStatus.Failed => "failed",
            _ => "skipped",
        };

    private static JsonObject Finished(StepResult result)
    {
        var step = Step(result);
        step.Insert(0, "event", "step-finished");
        return step;
    }

    private static JsonObject Progress(StepProgressed progressed)
    {
        var entry = Event("step-progress", progressed.Step, ("message", progressed.Progress.Message));
        entry["done"] = progressed.Progress.Done;
        entry["total"] = progressed.Progress.Total;
        if (progressed.Progress.Values is { } values)
        {
            entry["values"] = new JsonObject(
                values
                    .Where(v => double.IsFinite(v.Value))
                    .Select(v => KeyValuePair.Create<string, JsonNode?>(v.Key, JsonValue.Create(v.Value)))
            );
        }

        return entry;
    }

    private static JsonObject Event(string name, string step, params (string Key, string Value)[] more)
    {
        var entry = new JsonObject { ["event"] = name, ["step"] = step };
        foreach (var (key, value) in more)
        {
            entry[key] = value;
        }

        return entry;
    }
}
