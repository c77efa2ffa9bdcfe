using Finetune.Graph.Planning;

namespace Finetune.Stages.Ingest;

/// <summary>Reads the files of one source into rows. Input <c>files</c>.</summary>
public sealed class IngestStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "ingest";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("rows", "rows.jsonl")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
