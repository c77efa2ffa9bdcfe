using System.Text.Json.Nodes;

namespace Finetune.Stages.Report;

/// <summary>What the report shows.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Samples">Rows of each kind shown side by side.</param>
/// <param name="Contenders">Names in document order.</param>
/// <param name="Stages">Names of the training stages in order.</param>
/// <param name="Require">Gate expressions as written.</param>
/// <param name="Graph">Every step before the report, in plan order, and the steps it reads from.</param>
/// <param name="Document">The document as compiled, defaults filled in, without paths.</param>
public sealed record ReportSettings(
    string Name,
    int Samples,
    IReadOnlyList<string> Contenders,
    IReadOnlyList<string> Stages,
    IReadOnlyList<string> Require,
    IReadOnlyList<GraphStep> Graph,
    JsonObject Document
);

/// <summary>A step of the graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">Names of the steps it reads from.</param>
public sealed record GraphStep(string Name, IReadOnlyList<string> From);
