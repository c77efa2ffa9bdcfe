using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Gates;

/// <summary>Figures of a contender that gates can read beside its metrics; they have no interval.</summary>
public static class PlainFigures
{
    // Name; whether it takes choices, or free text (null: either); the figure, null where there is none.
    private static readonly (string Name, bool? Choices, Func<VerdictRecord, ContenderVerdict, double?> Of)[] All =
    [
        ("macro_f1", true, (_, contender) => contender.Labels?.MacroF1),
        ("ece", true, (_, contender) => contender.Calibration?.Ece),
        ("brier", true, (_, contender) => contender.Calibration?.Brier),
        ("stop_rate", false, (_, contender) => StopRate(contender)),
        ("unreadable", false, (verdict, contender) => (double)contender.Unreadable / verdict.Examples),
        ("unanswered", null, (verdict, contender) => (double)contender.Unanswered / verdict.Examples),
        ("worst_wording", null, (_, contender) => contender.Templates.Values.Min(t => t.Accuracy)),
        ("prompt_tokens", null, (_, contender) => contender.PromptTokens.Mean),
    ];

    /// <summary>All names, whatever they take.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(f => f.Name)];

    /// <summary>Those that can be there.</summary>
    /// <param name="choices">Whether answers are picked among choices; null where both kinds are asked.</param>
    public static IReadOnlyList<string> Possible(bool? choices) =>
        [.. All.Where(f => f.Choices is null || f.Choices == choices).Select(f => f.Name)];

    /// <summary>Name to figure, of those that are there.</summary>
    public static IEnumerable<KeyValuePair<string, double>> Of(VerdictRecord verdict, ContenderVerdict contender) =>
        All.Select(f => (f.Name, Value: f.Of(verdict, contender)))
            .Where(f => f.Value is { } value && double.IsFinite(value))
            .Select(f => KeyValuePair.Create(f.Name, f.Value!.Value));

    // How often generation ended by itself.
    private static double? StopRate(ContenderVerdict contender) =>
        contender.Stops is { } stops
            ? (double)stops.Where(s => s.Key != "length").Sum(s => s.Value) / stops.Values.Sum()
            : null;
}
