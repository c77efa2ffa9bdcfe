using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>A score of a whole corpus of predictions, that are added one by one.</summary>
public interface IPredictionScore
{
    /// <summary>Adds a prediction and its references, at least one.</summary>
    void Add(string prediction, IReadOnlyList<string> references);

    /// <summary>The score of all that was added.</summary>
    JsonNode? Result();
}
