using Finetune.Graph.Planning;

namespace Finetune.Stages.Export;

/// <summary>Writes the tuned model in a format that other programs load. Inputs <c>base</c> (files), <c>tokenizer</c> (files), <c>model</c>, <c>choices</c>.</summary>
public sealed class ExportStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "export";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("model", "model", IsFolder: true)];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
