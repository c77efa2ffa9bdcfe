using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>A metric that answers a JSON object with one.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Answer">From a case to its numbers. Throws <see cref="MetricException"/>.</param>
public sealed record MetricCase(string Name, Func<CaseInput, JsonObject> Answer);
