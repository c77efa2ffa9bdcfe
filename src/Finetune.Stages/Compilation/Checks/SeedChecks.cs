using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Seeds of training: whether they have anything to seed, and to be compared by.</summary>
internal static class SeedChecks
{
    /// <summary>Checks them.</summary>
    public static void Check(CheckContext context, IReadOnlyList<ContenderItem> contenders)
    {
        if (context.Settings.Seeds is not { } seeds || context.Findings.HasErrorAt("seeds"))
        {
            return;
        }

        if (seeds.Count == 1)
        {
            context.AtValue(
                Codes.Meaningless,
                "seeds",
                "one seed shows no spread, two or more do",
                $"write seed: {seeds[0]} for a training with this one"
            );
        }
        else if (context.Settings.Training.Count == 0 && !context.Places.Has("training"))
        {
            context.AtKey(Codes.NothingTrained, "seeds", "there is no training to seed", "add a training stage");
        }
        else if (
            contenders.Count > 0
            && !contenders.Any(c => c.Name == ContenderItem.Tuned)
            && !context.Findings.HasErrorAt("evaluation")
        )
        {
            context.AtKey(
                Codes.Meaningless,
                "seeds",
                "the trained model is not compared, so nothing would be said of its seeds",
                "add 'tuned' to evaluation.compare"
            );
        }
    }
}
