namespace Finetune.Graph.Planning;

/// <summary>The code that runs a step. Stateless; all it knows of the run comes in the context.</summary>
public interface IStage
{
    /// <summary>The kind it runs, such as <c>train</c>; the part of a step's name before the dot.</summary>
    string Kind { get; }

    /// <summary>Raised whenever the same inputs and settings would give other outputs; part of every key.</summary>
    int Version { get; }

    /// <summary>The names of the outputs it always leaves, each a file or a folder, e.g. <c>predictions.jsonl</c>.</summary>
    IReadOnlyList<OutputDeclaration> Outputs { get; }

    /// <summary>Whether it takes the whole machine: one heavy step runs at a time.</summary>
    bool Heavy { get; }

    /// <summary>
    /// Reads <see cref="StageContext.Input"/>, writes every <see cref="StageContext.Output"/>. On cancellation it
    /// leaves what it needs under <see cref="StageContext.CheckpointFolder"/> and throws
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <exception cref="Diagnostics.PipelineException">What the user can mend (exit code 3 or 5).</exception>
    Task RunAsync(StageContext context, CancellationToken cancellationToken);
}

/// <summary>One output of a stage.</summary>
/// <param name="Name">The output's name in plans and events, e.g. <c>predictions</c>.</param>
/// <param name="FileName">The file or folder name it is kept under, e.g. <c>predictions.jsonl</c> or <c>model</c>.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
public sealed record OutputDeclaration(string Name, string FileName, bool IsFolder = false);
