using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads how completions are compared.</summary>
internal static class PreferenceBinder
{
    private static readonly string[] Losses = ["dpo", "hinge", "ipo", "robust", "cdpo", "cpo", "simpo", "orpo"];

    /// <summary>The section, or null where there is none.</summary>
    public static PreferenceSection? Bind(ObjectReader? reader) =>
        reader.Closed(o => new PreferenceSection
        {
            Loss = o.Find("loss")?.Word(Losses) ?? "dpo",
            Beta = o.Number("beta", Bounds.Positive),
            LabelSmoothing = o.Number("label_smoothing", Bounds.BelowHalf),
            Gamma = o.Number("gamma", Bounds.NotNegative),
            NllWeight = o.Number("nll_weight", Bounds.NotNegative),
        });
}
