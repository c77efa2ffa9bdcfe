using Finetune.Graph.Planning;

namespace Finetune.Stages.Verdict;

/// <summary>Judges the predictions of all contenders. Inputs <c>predictions.CONTENDER</c> and <c>summary.CONTENDER</c>.</summary>
public sealed class VerdictStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "verdict";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("verdict", "verdict.json")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
