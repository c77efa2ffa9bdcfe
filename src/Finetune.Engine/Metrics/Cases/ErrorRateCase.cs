using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Word and character error rate of texts, one reference each.</summary>
internal static class ErrorRateCase
{
    /// <summary>Edits, lengths and rates over all rows.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var hypotheses = input["hypotheses"].Texts();
        var references = input["references"].Texts();
        CaseInput.SameLength(hypotheses.Count, references.Count, "hypotheses and references");
        var rate = new ErrorRate();
        for (var i = 0; i < hypotheses.Count; i++)
        {
            rate.Add(hypotheses[i], references[i]);
        }

        return Answer(rate);
    }

    /// <summary>The counts and the rates.</summary>
    public static JsonObject Answer(ErrorRate rate) =>
        new()
        {
            ["word_edits"] = rate.WordEdits,
            ["words"] = rate.Words,
            ["char_edits"] = rate.CharacterEdits,
            ["chars"] = rate.Characters,
            ["wer"] = CaseOutput.Number(rate.OfWords),
            ["cer"] = CaseOutput.Number(rate.OfCharacters),
        };
}
