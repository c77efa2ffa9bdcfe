using Finetune.Graph.Planning;

namespace Finetune.Stages.Train;

/// <summary>Runs one training stage. Inputs <c>base</c> (files), <c>tokenizer</c> (files), <c>train</c>, <c>validation</c> (tokens), <c>examples</c> (validation examples), <c>choices</c>, and <c>start</c> (the model of the stage before) where there is one, <c>start_from</c> (adapter files) where set.</summary>
public sealed class TrainStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "train";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("log", "log.jsonl"), new("model", "model", IsFolder: true), new("summary", "summary.json")];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
