using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Hub;

/// <summary>What commands say of the Hub.</summary>
public static class HubDiagnostics
{
    /// <summary>Something that a document takes from the Hub is needed now, and was not fetched.</summary>
    public static Diagnostic NotFetched(HubReference reference) =>
        new(
            HubErrors.Offline,
            $"{reference.Name} is not downloaded yet",
            Cure: "run 'dotnet finetune fetch', or the pipeline"
        );
}
