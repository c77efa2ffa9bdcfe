using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Report.Html;

/// <summary>CSS classes, and the signs that say the same to those who do not see colours.</summary>
internal static class Tones
{
    /// <summary>Of a verdict's word.</summary>
    public static string Of(string? word) =>
        word switch
        {
            PairVerdict.Better => "good",
            PairVerdict.Worse => "bad",
            _ => "open",
        };

    /// <summary>Of a contender.</summary>
    public static string Contender(string contender) =>
        contender switch
        {
            "tuned" => "tuned",
            "zero_shot" => "zero",
            _ => "few",
        };

    /// <summary>A sign beside the colour of a verdict's word.</summary>
    public static string Sign(string word) =>
        word switch
        {
            PairVerdict.Better => "▲",
            PairVerdict.Worse => "▼",
            _ => "◆",
        };
}
