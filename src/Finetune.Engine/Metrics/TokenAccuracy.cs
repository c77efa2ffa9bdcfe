namespace Finetune.Engine.Metrics;

/// <summary>The share of label tokens that the model would have picked itself, given the right ones before.</summary>
public static class TokenAccuracy
{
    /// <summary>Pooled over all label tokens, so long answers weigh more; NaN for none.</summary>
    /// <param name="examples">Label tokens that are the argmax, and label tokens in all.</param>
    public static double Of(IEnumerable<(int Right, int Tokens)> examples)
    {
        long right = 0,
            all = 0;
        foreach (var example in examples)
        {
            right += example.Right;
            all += example.Tokens;
        }

        return (double)right / all;
    }
}
