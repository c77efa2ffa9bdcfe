using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>BLEU of a sentence or a corpus.</summary>
internal static class BleuCase
{
    /// <summary>Effective order is on for a sentence unless the options say otherwise.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var bleu = new Bleu(Options(input));
        foreach (var (hypothesis, references) in TranslationRows.Of(input))
        {
            bleu.Add(hypothesis, references);
        }

        return Answer(bleu.Score());
    }

    /// <summary>A score as sacreBLEU names its parts.</summary>
    public static JsonObject Answer(BleuScore score) =>
        new()
        {
            ["score"] = CaseOutput.Number(score.Score),
            ["counts"] = CaseOutput.List(score.Counts),
            ["totals"] = CaseOutput.List(score.Totals),
            ["precisions"] = CaseOutput.List(score.Precisions),
            ["bp"] = CaseOutput.Number(score.BrevityPenalty),
            ["sys_len"] = score.HypothesisLength,
            ["ref_len"] = score.ReferenceLength,
        };

    private static BleuOptions Options(CaseInput input)
    {
        var options = new BleuOptions { EffectiveOrder = TranslationRows.IsSentence(input) };
        if (!input.Has("options"))
        {
            return options;
        }

        var given = input["options"];
        given.Allow(
            "lowercase",
            "force",
            "tokenize",
            "smooth_method",
            "smooth_value",
            "max_ngram_order",
            "effective_order"
        );
        return options with
        {
            Lowercase = given.Has("lowercase") && given["lowercase"].Flag(),
            Tokenize = given.Has("tokenize") ? given["tokenize"].Text() : options.Tokenize,
            SmoothMethod = given.Has("smooth_method") ? given["smooth_method"].Text() : options.SmoothMethod,
            SmoothValue = given.Has("smooth_value") ? given["smooth_value"].Number() : null,
            MaxOrder = given.Has("max_ngram_order") ? given["max_ngram_order"].Whole() : options.MaxOrder,
            EffectiveOrder = given.Has("effective_order") ? given["effective_order"].Flag() : options.EffectiveOrder,
        };
    }
}
