using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Preference training: its rows, and constants that belong to other losses.</summary>
internal static class PreferenceChecks
{
    /// <summary>Checks every stage.</summary>
    public static void Check(CheckContext context)
    {
        foreach (var (i, stage) in context.Settings.Training.Index())
        {
            var path = $"training[{i}]";
            if (stage.Objective != "preference")
            {
                CheckOther(context, path, stage);
                continue;
            }

            CheckTemplates(context, path, stage);
            CheckConstants(context, path, stage.Preference ?? new PreferenceSection());
            CheckTokenLosses(context, path, stage);
        }
    }

    private static void CheckOther(CheckContext context, string path, TrainingSection stage)
    {
        if (stage.Preference is not null)
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.preference",
                $"'preference' has no meaning for the objective {stage.Objective}",
                "objective: preference, or leave it out"
            );
        }
    }

    private static void CheckTemplates(CheckContext context, string path, TrainingSection stage)
    {
        const string Cure =
            "give the template a 'rejected': the text of a worse completion, e.g. rejected: \" {{ rejected }}\"";
        var templates = context.Settings.Templates;
        if (stage.Templates is null)
        {
            if (templates.Count > 0 && !templates.Values.Any(TemplateUse.HasPair))
            {
                context.AtValue(
                    Codes.PairMissing,
                    $"{path}.objective",
                    "preference training compares two completions of a prompt, and no template has a rejected one",
                    Cure
                );
            }

            return;
        }

        foreach (var (t, name) in stage.Templates.Index())
        {
            if (templates.TryGetValue(name, out var template) && !TemplateUse.HasPair(template))
            {
                context.AtValue(
                    Codes.PairMissing,
                    $"{path}.templates[{t}]",
                    $"preference training compares two completions of a prompt, and the template '{name}' has no rejected one",
                    Cure
                );
            }
        }
    }

    private static void CheckConstants(CheckContext context, string path, PreferenceSection section)
    {
        (string Key, bool Given, string[] Losses)[] constants =
        [
            ("label_smoothing", section.LabelSmoothing is not null, ["robust", "cdpo"]),
            ("gamma", section.Gamma is not null, ["simpo"]),
            ("nll_weight", section.NllWeight is not null, ["dpo", "hinge", "ipo", "robust", "cdpo", "cpo", "simpo"]),
        ];
        foreach (var (key, _, losses) in constants.Where(c => c.Given && !c.Losses.Contains(section.Loss)))
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.preference.{key}",
                $"'{key}' has no meaning for the loss {section.Loss}",
                $"it belongs to {string.Join(", ", losses)}"
            );
        }
    }

    // Both change the cross-entropy of a token, and there is none here.
    private static void CheckTokenLosses(CheckContext context, string path, TrainingSection stage)
    {
        if (stage.Log?.FirstOrDefault(word => word is "entropy" or "mean_token_accuracy") is { } figure)
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.log",
                $"'{figure}' is of labels that are learned one by one; preference training logs rewards instead",
                "leave it out"
            );
        }

        (string Key, double Value)[] options = [("label_smoothing", stage.LabelSmoothing), ("z_loss", stage.ZLoss)];
        foreach (var (key, _) in options.Where(o => o.Value != 0))
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.{key}",
                $"'{key}' changes the cross-entropy, which preference training does not minimise",
                key == "label_smoothing"
                    ? "for labels that may be wrong: preference: { loss: robust, label_smoothing: 0.1 }"
                    : "leave it out"
            );
        }
    }
}
