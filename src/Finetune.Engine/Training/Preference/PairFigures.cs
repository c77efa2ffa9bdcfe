namespace Finetune.Engine.Training.Preference;

/// <summary>Adds up what pairs come to.</summary>
/// <param name="options">The loss.</param>
internal sealed class PairFigures(PreferenceOptions options)
{
    private int _pairs;
    private double _loss;
    private double _chosen;
    private double _rejected;
    private double _right;
    private double _chosenLogProb;
    private double _rejectedLogProb;
    private double _nll;
    private int _nllTokens;

    /// <summary>Share of pairs whose chosen completion has the higher reward.</summary>
    public double Accuracy => _right / _pairs;

    /// <summary>Mean over pairs, and the mean of <c>-log p</c> times its weight.</summary>
    public double Loss => _loss / _pairs + (options.AllNll == 0 ? 0 : options.AllNll * _nll / _nllTokens);

    /// <summary>The figures, named as TRL's log names them.</summary>
    public IReadOnlyList<(string Name, double Value)> All =>
        [
            ("rewards/chosen", _chosen / _pairs),
            ("rewards/rejected", _rejected / _pairs),
            ("rewards/accuracies", Accuracy),
            ("rewards/margins", (_chosen - _rejected) / _pairs),
            ("logps/chosen", _chosenLogProb / _pairs),
            ("logps/rejected", _rejectedLogProb / _pairs),
            .. options.AllNll == 0 ? Array.Empty<(string, double)>() : [("nll_loss", _nll / _nllTokens)],
        ];

    /// <summary>Adds what another has.</summary>
    /// <returns>This.</returns>
    public PairFigures With(PairFigures other)
    {
        _pairs += other._pairs;
        _loss += other._loss;
        _chosen += other._chosen;
        _rejected += other._rejected;
        _right += other._right;
        _chosenLogProb += other._chosenLogProb;
        _rejectedLogProb += other._rejectedLogProb;
        _nll += other._nll;
        _nllTokens += other._nllTokens;
        return this;
    }

    /// <summary>Adds the pairs of a pass.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="batch">As they lay.</param>
    /// <param name="logProbs">Of every label.</param>
    /// <returns>What each of them costs.</returns>
    public PairLoss[] Add(IReadOnlyList<PreferencePair> pairs, PairBatch batch, double[] logProbs)
    {
        var sums = batch.Sums(logProbs);
        var losses = new PairLoss[pairs.Count];
        for (var p = 0; p < losses.Length; p++)
        {
            var (chosen, rejected) = (pairs[p].Chosen.LabelTokens, pairs[p].Rejected.LabelTokens);
            var loss = losses[p] = PreferenceLoss.Of(options, sums[p], pairs[p].Reference, chosen, rejected);
            _pairs++;
            _loss += loss.Loss;
            _chosen += loss.RewardChosen;
            _rejected += loss.RewardRejected;
            _right += loss.RewardChosen > loss.RewardRejected ? 1 : 0;
            _chosenLogProb += sums[p].Chosen;
            _rejectedLogProb += sums[p].Rejected;
        }

        for (var i = 0; i < logProbs.Length; i++)
        {
            if (batch.Chosen[i])
            {
                _nll -= logProbs[i];
                _nllTokens++;
            }
        }

        return losses;
    }
}
