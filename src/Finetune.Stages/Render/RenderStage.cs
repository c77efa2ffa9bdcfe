using Finetune.Graph.Planning;

namespace Finetune.Stages.Render;

/// <summary>Turns rows into examples. Inputs <c>train</c>, <c>validation</c>, <c>test</c> (rows).</summary>
public sealed class RenderStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "render";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [
        new("train", "train.jsonl"),
        new("validation", "validation.jsonl"),
        new("test", "test.jsonl"),
        new("shots", "shots.jsonl"),
        new("training_choices", "training_choices.json"),
        new("evaluation_choices", "evaluation_choices.json"),
        new("ledger", "ledger.json"),
    ];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
