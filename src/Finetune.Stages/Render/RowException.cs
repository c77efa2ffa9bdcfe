using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Render;

/// <summary>One row that cannot become an example; the others are looked at all the same.</summary>
/// <param name="error">What is wrong.</param>
internal sealed class RowException(Diagnostic error) : Exception(error.Message)
{
    /// <summary>What is wrong.</summary>
    public Diagnostic Error { get; } = error;
}
