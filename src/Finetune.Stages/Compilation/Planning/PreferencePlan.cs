using Finetune.Graph.Planning;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Reference;
using Finetune.Stages.Train;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>What preference training is planned as.</summary>
internal static class PreferencePlan
{
    // The values that TRL and the papers take.
    private const double UsualBeta = 0.1;
    private const double SimpoBeta = 2;
    private const double SimpoGamma = 0.5;

    /// <summary>The loss of a stage with every default resolved; null where it has another objective.</summary>
    public static PreferenceSettings? Of(TrainingSection stage)
    {
        if (stage.Objective != "preference")
        {
            return null;
        }

        var section = stage.Preference ?? new PreferenceSection();
        var simpo = section.Loss == "simpo";
        return new PreferenceSettings(
            section.Loss,
            section.Beta ?? (simpo ? SimpoBeta : UsualBeta),
            section.LabelSmoothing ?? 0,
            simpo ? section.Gamma ?? SimpoGamma : 0,
            section.NllWeight ?? (section.Loss == "cpo" ? 1 : 0)
        );
    }

    /// <summary>Whether a loss is against the model that the stage starts from.</summary>
    public static bool HasReference(PreferenceSettings preference) =>
        preference.Loss is not ("cpo" or "simpo" or "orpo");

    /// <summary>The step that scores the stage's pairs with the model it starts from.</summary>
    public static Step Reference(
        CheckedPipeline pipeline,
        string name,
        TrainSettings settings,
        IEnumerable<StepInput> start
    ) =>
        StepFactory.Heavy(
            name,
            new ReferenceSettings(
                settings.RandomInitialisation,
                settings.Precision,
                settings.RandomInitialisation ? settings.Seed : 0,
                settings.Templates,
                settings.Quantization
            ),
            [
                ModelSteps.Base(pipeline),
                new OutputInput("train", "tokenize", "train"),
                new OutputInput("validation", "tokenize", "validation"),
                .. start,
            ],
            pipeline
        );
}
