namespace Finetune.Stages.Artifacts;

/// <summary>Metrics as a person reads them.</summary>
public static class MetricTitles
{
    /// <summary>Within a sentence; what is not known is its own title.</summary>
    /// <param name="metric">Its name in documents.</param>
    public static string Of(string metric) =>
        metric switch
        {
            "exact_match" => "exact match",
            "token_accuracy" => "token accuracy",
            "f1" => "F1",
            "rouge1" => "ROUGE-1",
            "rouge2" => "ROUGE-2",
            "rougeL" => "ROUGE-L",
            "rougeLsum" => "ROUGE-Lsum",
            "chrf" => "chrF",
            _ => metric.Replace('_', ' '),
        };
}
