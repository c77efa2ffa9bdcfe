using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Translation edit rate of a sentence or a corpus.</summary>
internal static class TerCase
{
    /// <summary>The score, the edits, the mean length of the references.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var ter = new Ter(Options(input));
        foreach (var (hypothesis, references) in TranslationRows.Of(input))
        {
            ter.Add(hypothesis, references);
        }

        return Answer(ter);
    }

    /// <summary>As sacreBLEU names the parts.</summary>
    public static JsonObject Answer(Ter ter) =>
        new()
        {
            ["score"] = CaseOutput.Number(ter.Score()),
            ["num_edits"] = ter.Edits,
            ["ref_length"] = CaseOutput.Number(ter.ReferenceLength),
        };

    private static TerOptions Options(CaseInput input)
    {
        if (!input.Has("options"))
        {
            return new();
        }

        var given = input["options"];
        given.Allow("normalized", "no_punct", "asian_support", "case_sensitive");
        return new()
        {
            Normalized = given.Has("normalized") && given["normalized"].Flag(),
            NoPunct = given.Has("no_punct") && given["no_punct"].Flag(),
            AsianSupport = given.Has("asian_support") && given["asian_support"].Flag(),
            CaseSensitive = given.Has("case_sensitive") && given["case_sensitive"].Flag(),
        };
    }
}
