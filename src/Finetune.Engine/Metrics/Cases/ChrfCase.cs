using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>chrF of a sentence or a corpus.</summary>
internal static class ChrfCase
{
    /// <summary>The score.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var chrf = new Chrf(Options(input));
        foreach (var (hypothesis, references) in TranslationRows.Of(input))
        {
            chrf.Add(hypothesis, references);
        }

        return new() { ["score"] = CaseOutput.Number(chrf.Score()) };
    }

    private static ChrfOptions Options(CaseInput input)
    {
        var options = new ChrfOptions();
        if (!input.Has("options"))
        {
            return options;
        }

        var given = input["options"];
        given.Allow("char_order", "word_order", "beta", "lowercase", "whitespace", "eps_smoothing");
        return new()
        {
            CharOrder = given.Has("char_order") ? given["char_order"].Whole() : options.CharOrder,
            WordOrder = given.Has("word_order") ? given["word_order"].Whole() : options.WordOrder,
            Beta = given.Has("beta") ? given["beta"].Number() : options.Beta,
            Lowercase = given.Has("lowercase") && given["lowercase"].Flag(),
            Whitespace = given.Has("whitespace") && given["whitespace"].Flag(),
            EpsSmoothing = given.Has("eps_smoothing") && given["eps_smoothing"].Flag(),
        };
    }
}
