using Finetune.Engine.Training.Prefix;

namespace Finetune.Engine.Training;

/// <summary>Tokens and where loss falls.</summary>
/// <param name="InputIds">All tokens: prompt, completion, end of sequence. With a source, the decoder's alone: its start
/// token, then the target.</param>
/// <param name="Scored">Whether token i carries loss, predicted from those before it; the first never does. All true is
/// plain language modelling.</param>
public sealed record TrainingExample(int[] InputIds, bool[] Scored)
{
    /// <summary>What an encoder reads, for models that have one; null for decoders alone.</summary>
    public int[]? Source { get; init; }

    /// <summary>What the layers below the first that is trained make of it; null where they are to run.</summary>
    public PrefixRow? Prefix { get; init; }

    /// <summary>Tokens that something is predicted from: all before the last that carries loss.</summary>
    public int Predicting => Array.LastIndexOf(Scored, true);

    /// <summary>Tokens of the example: those of the source too, but not the decoder's start.</summary>
    public int Tokens => Source is null ? InputIds.Length : Source.Length + InputIds.Length - 1;

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

    /// <summary>An example of an encoder–decoder model whose whole target carries loss.</summary>
    /// <param name="source">What the encoder reads.</param>
    /// <param name="start">The decoder's start token.</param>
    /// <param name="target">What the decoder writes, end of sequence included.</param>
    public static TrainingExample OfPair(int[] source, int start, ReadOnlySpan<int> target)
    {
        int[] ids = [start, .. target];
        return new(ids, [.. ids.Select((_, i) => i > 0)]) { Source = source };
    }
}
