namespace Finetune.Engine.Training;

/// <summary>Tokens and where loss falls.</summary>
/// <param name="InputIds">All tokens: prompt, completion, end of sequence.</param>
/// <param name="Scored">Whether token i carries loss, predicted from those before it; the first never does. All true is
/// plain language modelling.</param>
public sealed record TrainingExample(int[] InputIds, bool[] Scored)
{
    /// <summary>Tokens that carry loss.</summary>
    public int LabelTokens
    {
        get
        {
            var count = 0;
            for (var i = 1; i < Scored.Length; i++)
            {
                count += Scored[i] ? 1 : 0;
            }

            return count;
        }
    }
}
