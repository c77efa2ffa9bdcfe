namespace Finetune.Engine.Metrics;

/// <summary>The share of answers that are right.</summary>
public static class Accuracy
{
    /// <summary>Right answers over answers, NaN for none.</summary>
    public static double Of(IEnumerable<bool> correct)
    {
        long right = 0,
            all = 0;
        foreach (var one in correct)
        {
            all++;
            right += one ? 1 : 0;
        }

        return (double)right / all;
    }
}
