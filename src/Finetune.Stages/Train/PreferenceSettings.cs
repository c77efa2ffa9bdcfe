using System.Text.Json.Serialization;

namespace Finetune.Stages.Train;

/// <summary>A preference loss, every default resolved; constants that the loss has not are 0 and not in the key.</summary>
/// <param name="Loss"><c>dpo</c>, <c>hinge</c>, <c>ipo</c>, <c>robust</c>, <c>cdpo</c>, <c>cpo</c>, <c>simpo</c> or
/// <c>orpo</c>.</param>
/// <param name="Beta">How strongly completions are told apart.</param>
/// <param name="LabelSmoothing">Share of wrong labels.</param>
/// <param name="Gamma">The margin that is wanted.</param>
/// <param name="NllWeight">Times the cross-entropy of chosen completions.</param>
public sealed record PreferenceSettings(
    string Loss,
    double Beta,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double LabelSmoothing = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double Gamma = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double NllWeight = 0
);
