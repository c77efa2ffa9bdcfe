using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Graph.Planning;

/// <summary>A plan as a picture in text.</summary>
public static class GraphText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The formats, as they are named on the command line.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["ascii", "mermaid", "dot", "json"];

    /// <summary>Draws the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="statusOf">A word about a step, such as <c>hit</c>; null for none.</param>
    public static string Draw(Plan plan, string format, Func<Step, string?> statusOf) =>
        format switch
        {
            "mermaid" => Mermaid(plan, statusOf),
            "dot" => Dot(plan, statusOf),
            "json" => Json(plan, statusOf),
            _ => Ascii(plan, statusOf),
        };

    private static string Ascii(Plan plan, Func<Step, string?> statusOf)
    {
        var text = new StringBuilder();
        var width = plan.Steps.Max(s => s.Name.Length);
        foreach (var step in plan.Steps)
        {
            var before = Before(step);
            text.Append(step.Name.PadRight(width)).Append("  ").Append((statusOf(step) ?? "").PadRight(8));
            text.Append(before.Count == 0 ? "" : "← " + string.Join(", ", before));
            text.Length = text.ToString().TrimEnd().Length;
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Mermaid(Plan plan, Func<Step, string?> statusOf)
    {
        var text = new StringBuilder("flowchart TD\n");
        foreach (var step in plan.Steps)
        {
            var status = statusOf(step);
            text.Append($"  {Id(step.Name)}[\"{step.Name}{(status is null ? "" : $"<br/>{status}")}\"]\n");
        }

        foreach (var step in plan.Steps)
        {
            foreach (var before in Before(step))
            {
                text.Append($"  {Id(before)} --> {Id(step.Name)}\n");
            }
        }

        return text.ToString();
    }

    private static string Dot(Plan plan, Func<Step, string?> statusOf)
    {
        var text = new StringBuilder("digraph pipeline {\n  rankdir=TB;\n  node [shape=box];\n");
        foreach (var step in plan.Steps)
        {
            var status = statusOf(step);
            text.Append($"  \"{step.Name}\" [label=\"{step.Name}{(status is null ? "" : $"\\n{status}")}\"];\n");
        }

        foreach (var step in plan.Steps)
        {
            foreach (var before in Before(step))
            {
                text.Append($"  \"{before}\" -> \"{step.Name}\";\n");
            }
        }

        return text.Append("}\n").ToString();
    }

    private static string Json(Plan plan, Func<Step, string?> statusOf)
    {
        var steps = plan.Steps.Select(s =>
            (JsonNode)
                new JsonObject
                {
                    ["name"] = s.Name,
                    ["kind"] = s.Kind,
                    ["status"] = statusOf(s),
                    ["needs"] = new JsonArray([.. Before(s).Select(b => JsonValue.Create(b))]),
                    ["outputs"] = new JsonArray([.. s.Stage.Outputs.Select(o => JsonValue.Create(o.Name))]),
                }
        );
        return new JsonObject { ["name"] = plan.Name, ["steps"] = new JsonArray([.. steps]) }.ToJsonString(Indented)
            + "\n";
    }

    private static List<string> Before(Step step) =>
        step.Inputs.OfType<OutputInput>().Select(i => i.Step).Distinct(StringComparer.Ordinal).ToList();

    private static string Id(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
