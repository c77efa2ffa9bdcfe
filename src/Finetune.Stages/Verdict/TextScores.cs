using Finetune.Engine.Metrics.Texts;

namespace Finetune.Stages.Verdict;

/// <summary>How near a text comes to its reference, 0 to 1, each measure made once and only when it is asked for.</summary>
/// <param name="prediction">The text; null for none, which scores 0.</param>
/// <param name="references">What was wanted, any of them: the nearest counts.</param>
internal sealed class TextScores(string? prediction, IReadOnlyList<string> references)
{
    private IReadOnlyList<RougeScore>? _rouge;
    private double? _f1;
    private double? _chrf;

    /// <summary>F1 over words, as SQuAD has it.</summary>
    public double F1 => _f1 ??= prediction is null ? 0 : SquadAnswer.Of(prediction, references).F1;

    /// <summary>chrF of this text alone (Popović 2015).</summary>
    public double Chrf => _chrf ??= prediction is null ? 0 : OfOne(prediction);

    /// <summary>F of a ROUGE without stems (Lin 2004), by its place in <see cref="Rouge.Names"/>.</summary>
    public double RougeF(int kind) =>
        prediction is null ? 0 : (_rouge ??= Rouge.Of(prediction, references, stemmed: false))[kind].F;

    private double OfOne(string text)
    {
        var chrf = new Chrf(new ChrfOptions());
        chrf.Add(text, references);
        return chrf.Score() / 100;
    }
}
