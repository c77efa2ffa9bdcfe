using Finetune.Cli.Output;

namespace Finetune.Cli.Pipelines;

/// <summary>Where the store is: <c>--cache DIR</c>, else <c>FINETUNE_HOME</c>, else <c>.finetune</c> beside the
/// document.</summary>
internal static class StorePlace
{
    /// <summary>Its absolute path; it need not be there yet.</summary>
    /// <param name="cache">What <c>--cache</c> says, or null.</param>
    /// <param name="surroundings">The process's.</param>
    /// <param name="folder">The document's folder.</param>
    public static string Of(string? cache, Surroundings surroundings, string folder) =>
        Path.GetFullPath(cache ?? surroundings.Variable("FINETUNE_HOME") ?? Path.Combine(folder, ".finetune"));
}
