using Finetune.Graph.Planning;

namespace Finetune.Stages.Report;

/// <summary>Writes the verdict down. Inputs <c>verdict</c>, <c>predictions.CONTENDER</c>, <c>summary.CONTENDER</c>, <c>log.STAGE</c>, <c>training.STAGE</c>, <c>ledger.split</c>, <c>ledger.render</c>, <c>ledger.tokenize</c>.</summary>
public sealed class ReportStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "report";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("html", "report.html"), new("json", "report.json")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
