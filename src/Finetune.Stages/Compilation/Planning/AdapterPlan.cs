using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>Which adapter a training stage trains, and what it begins with.</summary>
/// <param name="Adapter">Its settings; null: all weights are trained.</param>
/// <param name="Merge">Whether what stands before is merged into the weights first.</param>
internal sealed record AdapterPlan(AdapterSection? Adapter, bool Merge)
{
    /// <summary>Of every stage, in order.</summary>
    public static IReadOnlyList<AdapterPlan> Of(PipelineSettings settings)
    {
        var plans = new List<AdapterPlan>();
        foreach (var stage in settings.Training)
        {
            var before = plans.LastOrDefault();
            // Something is there to merge once a stage has run, or where training starts from an adapter.
            var merge = before is not null || settings.Model.Adapter?.StartFrom is not null;
            plans.Add(
                stage.Adapter switch
                {
                    { Word: "none" } => new AdapterPlan(null, merge && before is not { Adapter: null }),
                    { Word: "merge" } fresh => new AdapterPlan(
                        fresh.Fresh ?? settings.Model.Adapter ?? before?.Adapter,
                        merge
                    ),
                    _ => new AdapterPlan(before is null ? settings.Model.Adapter : before.Adapter, Merge: false),
                }
            );
        }

        return plans;
    }
}
