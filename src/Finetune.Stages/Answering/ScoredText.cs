using Finetune.Engine.Tokenizers;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Answering;

/// <summary>Scored tokens as text that can be read and coloured.</summary>
internal static class ScoredText
{
    // Enough that a decoder knows that the text does not begin with the first scored token.
    private const int Context = 4;

    /// <summary>One entry a token; a token that is part of a character stands with the ones that complete it.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="before">What stands before.</param>
    /// <param name="ids">What was scored.</param>
    /// <param name="logProbs">One an id.</param>
    public static IReadOnlyList<TokenLogProb> Of(
        Tokenizer tokenizer,
        IReadOnlyList<int> before,
        IReadOnlyList<int> ids,
        IReadOnlyList<double> logProbs
    )
    {
        var stream = tokenizer.Stream();
        foreach (var id in before.Skip(before.Count - Context))
        {
            stream.Push(id);
        }

        var tokens = new List<TokenLogProb>();
        var sum = 0.0;
        for (var i = 0; i < ids.Count; i++)
        {
            sum += logProbs[i];
            var text = stream.Push(ids[i]);
            if (text.Length > 0)
            {
                tokens.Add(new TokenLogProb(text, sum));
                sum = 0;
            }
        }

        if (stream.Flush() is var rest && (rest.Length > 0 || sum != 0))
        {
            tokens.Add(new TokenLogProb(rest, sum));
        }

        return tokens;
    }
}
