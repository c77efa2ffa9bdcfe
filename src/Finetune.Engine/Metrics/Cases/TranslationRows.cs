namespace Finetune.Engine.Metrics.Cases;

/// <summary>The rows of a case of BLEU, chrF or TER: <c>hypotheses</c>, <c>references</c> (a list each), <c>level</c>
/// and <c>options</c> under the names that sacreBLEU gives them.</summary>
public static class TranslationRows
{
    /// <summary>Whether the one row is scored by itself.</summary>
    public static bool IsSentence(CaseInput input)
    {
        var level = input.Has("level") ? input["level"].Text() : "corpus";
        return level switch
        {
            "sentence" => true,
            "corpus" => false,
            _ => throw new MetricException($"'level' is '{level}'; sentence or corpus was wanted"),
        };
    }

    /// <summary>Each text with its references. A missing one (null) is left out, as sacreBLEU leaves it out.</summary>
    public static IEnumerable<(string Hypothesis, List<string> References)> Of(CaseInput input)
    {
        var hypotheses = input["hypotheses"].Texts();
        var references = input["references"].Items();
        CaseInput.SameLength(hypotheses.Count, references.Count, "hypotheses and references");
        if (hypotheses.Count == 0)
        {
            throw new MetricException("'hypotheses' is empty");
        }

        if (hypotheses.Count > 1 && IsSentence(input))
        {
            throw new MetricException($"level sentence takes one hypothesis; there are {hypotheses.Count}");
        }

        return hypotheses.Zip(references, (text, right) => (text, References(right))).ToList();
    }

    /// <summary>One reference, or a list with at least one.</summary>
    public static List<string> References(CaseInput input)
    {
        List<string> texts = input.IsList
            ? [.. input.Items().Where(item => !item.IsNull).Select(item => item.Text())]
            : [input.Text()];
        return texts.Count > 0 ? texts : throw new MetricException($"'{input.Path}' holds no reference");
    }
}
