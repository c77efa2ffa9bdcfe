using Finetune.Graph.Planning;

namespace Finetune.Stages.Tokenize;

/// <summary>Turns examples into token ids with their loss mask. Inputs <c>tokenizer</c> (files), <c>train</c>, <c>validation</c> (examples).</summary>
public sealed class TokenizeStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "tokenize";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("train", "train.safetensors"), new("validation", "validation.safetensors"), new("ledger", "ledger.json")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("under construction");
}
