using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Train;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>An optimizer with every default of its kind.</summary>
/// <param name="Beta1">0 for none.</param>
/// <param name="Beta2">0 where the kind has none.</param>
/// <param name="Epsilon">0 where the kind has none.</param>
/// <param name="Other">What it is besides AdamW; null for AdamW.</param>
internal sealed record OptimizerPlan(double Beta1, double Beta2, double Epsilon, OptimizerSettings? Other)
{
    private const double UsualBeta1 = 0.9;
    private const double UsualBeta2 = 0.999;
    private const double UsualEpsilon = 1e-8;

    /// <summary>Resolves a section.</summary>
    public static OptimizerPlan Of(OptimizerSection section) =>
        section.Kind switch
        {
            "sgd" => new OptimizerPlan(
                0,
                0,
                0,
                new OptimizerSettings("sgd")
                {
                    Momentum = section.Momentum ?? 0,
                    Nesterov = section.Nesterov ?? false,
                    Dampening = section.Dampening ?? 0,
                }
            ),
            "lion" => new OptimizerPlan(
                section.Beta1 ?? UsualBeta1,
                section.Beta2 ?? 0.99,
                0,
                new OptimizerSettings("lion")
            ),
            "adafactor" => new OptimizerPlan(
                section.Beta1 ?? 0,
                0,
                section.Epsilon ?? 1e-30,
                new OptimizerSettings("adafactor")
                {
                    DecayRate = section.DecayRate ?? -0.8,
                    ClipThreshold = section.ClipThreshold ?? 1,
                    ScaleParameter = section.ScaleParameter ?? false,
                    RelativeStep = section.RelativeStep ?? false,
                    WarmupInit = section.WarmupInit ?? false,
                }
            ),
            "muon" => Moments(
                section,
                new OptimizerSettings("muon")
                {
                    Momentum = section.Momentum ?? 0.95,
                    Nesterov = section.Nesterov ?? true,
                    Rounds = section.NsSteps ?? 5,
                    MatchRms = section.AdjustLr != "original",
                }
            ),
            "adamw" => Moments(section, null),
            var kind => Moments(section, new OptimizerSettings(kind)),
        };

    private static OptimizerPlan Moments(OptimizerSection section, OptimizerSettings? other) =>
        new(section.Beta1 ?? UsualBeta1, section.Beta2 ?? UsualBeta2, section.Epsilon ?? UsualEpsilon, other);
}
