using Finetune.Graph.Planning;

namespace Finetune.Stages.Split;

/// <summary>Parts rows before templates see them. Input <c>rows</c>, or <c>train</c>, <c>validation</c>, <c>test</c>.</summary>
public sealed class SplitStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "split";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [
        new("train", "train.jsonl"),
        new("validation", "validation.jsonl"),
        new("test", "test.jsonl"),
        new("ledger", "ledger.json"),
    ];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
