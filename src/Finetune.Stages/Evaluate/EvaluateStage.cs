using Finetune.Graph.Planning;

namespace Finetune.Stages.Evaluate;

/// <summary>Lets one contender answer the test rows. Inputs <c>base</c> (files), <c>tokenizer</c> (files), <c>test</c> (examples), <c>choices</c>; <c>shots</c> for few-shot; <c>model</c> for tuned.</summary>
public sealed class EvaluateStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "evaluate";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("predictions", "predictions.jsonl"), new("summary", "summary.json")];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
