namespace Finetune.Engine.Training.Preference;

/// <summary>What a pair costs, what it is worth, and the cost's derivatives.</summary>
/// <param name="Loss">Without the terms of <c>-log p</c>.</param>
/// <param name="ByChosen">d loss / d sum of log-probabilities of the chosen completion.</param>
/// <param name="ByRejected">The same of the rejected one.</param>
/// <param name="RewardChosen">The implicit reward of the chosen completion.</param>
/// <param name="RewardRejected">The same of the rejected one.</param>
internal readonly record struct PairLoss(
    double Loss,
    double ByChosen,
    double ByRejected,
    double RewardChosen,
    double RewardRejected
);

/// <summary>
/// Preference losses of one pair, as functions of the sums of log-probabilities over its completions. Formulas as in TRL
/// 1.16 (DPOTrainer, CPOTrainer, ORPOTrainer); conservative DPO as its author wrote it.
/// </summary>
internal static class PreferenceLoss
{
    /// <summary>The loss of a pair.</summary>
    /// <param name="options">Which one.</param>
    /// <param name="policy">Sums by the model that is trained.</param>
    /// <param name="reference">Sums by the reference; not looked at where the loss has none.</param>
    /// <param name="chosenTokens">Tokens of the chosen completion.</param>
    /// <param name="rejectedTokens">Tokens of the rejected completion.</param>
    public static PairLoss Of(
        PreferenceOptions options,
        PairSums policy,
        PairSums reference,
        int chosenTokens,
        int rejectedTokens
    ) =>
        options.Kind switch
        {
            PreferenceKind.Cpo => BySum(options, policy.Chosen, policy.Rejected),
            PreferenceKind.Simpo => Simpo(options, policy, chosenTokens, rejectedTokens),
            PreferenceKind.Orpo => Orpo(options, policy, chosenTokens, rejectedTokens),
            PreferenceKind.Ipo => Ipo(options, policy, reference, chosenTokens, rejectedTokens),
            _ => BySum(options, policy.Chosen - reference.Chosen, policy.Rejected - reference.Rejected),
        };

    // Losses of beta times the difference of two (log-ratio) sums.
    private static PairLoss BySum(PreferenceOptions options, double chosen, double rejected)
    {
        var beta = options.Beta;
        var noise = options.LabelSmoothing;
        var x = beta * (chosen - rejected);
        var (loss, slope) = options.Kind switch
        {
            PreferenceKind.Hinge => x < 1 ? (1 - x, -1.0) : (0.0, 0.0),
            PreferenceKind.Robust => (
                ((1 - noise) * -LogSigmoid(x) + noise * LogSigmoid(-x)) / (1 - 2 * noise),
                (-(1 - noise) * Sigmoid(-x) - noise * Sigmoid(x)) / (1 - 2 * noise)
            ),
            PreferenceKind.Cdpo => (
                (1 - noise) * -LogSigmoid(x) - noise * LogSigmoid(-x),
                -(1 - noise) * Sigmoid(-x) + noise * Sigmoid(x)
            ),
            _ => (-LogSigmoid(x), -Sigmoid(-x)),
        };
        return new PairLoss(loss, beta * slope, -beta * slope, beta * chosen, beta * rejected);
    }

    private static PairLoss Ipo(PreferenceOptions options, PairSums policy, PairSums reference, int nc, int nr)
    {
        var chosen = policy.Chosen - reference.Chosen;
        var rejected = policy.Rejected - reference.Rejected;
        var off = chosen / nc - rejected / nr - 1 / (2 * options.Beta);
        return new PairLoss(off * off, 2 * off / nc, -2 * off / nr, options.Beta * chosen, options.Beta * rejected);
    }

    private static PairLoss Simpo(PreferenceOptions options, PairSums policy, int nc, int nr)
    {
        var (chosen, rejected) = (options.Beta * policy.Chosen / nc, options.Beta * policy.Rejected / nr);
        var x = chosen - rejected - options.Gamma;
        var slope = -options.Beta * Sigmoid(-x);
        return new PairLoss(-LogSigmoid(x), slope / nc, -slope / nr, chosen, rejected);
    }

    private static PairLoss Orpo(PreferenceOptions options, PairSums policy, int nc, int nr)
    {
        var (chosen, rejected) = (policy.Chosen / nc, policy.Rejected / nr);
        var (notChosen, notRejected) = (Complement(chosen), Complement(rejected));
        var x = chosen - rejected - (Math.Log(notChosen) - Math.Log(notRejected));
        var slope = -options.Beta * Sigmoid(-x);
        return new PairLoss(
            -options.Beta * LogSigmoid(x),
            slope / notChosen / nc,
            -slope / notRejected / nr,
            options.Beta * chosen,
            options.Beta * rejected
        );
    }

    // 1 - e^a for a below 0; a completion that is certain has no finite odds.
    private static double Complement(double logProb) => Math.Max(-double.ExpM1(logProb), 1e-12);

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double LogSigmoid(double x) => Math.Min(x, 0) - double.LogP1(Math.Exp(-Math.Abs(x)));
}
