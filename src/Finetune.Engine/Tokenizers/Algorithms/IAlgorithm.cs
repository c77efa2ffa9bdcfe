namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// A piece cut into tokens: the ids, and for each the first and last UTF-16 unit of the piece that it stands for.
/// <paramref name="Tokens"/> are the tokens' texts where they differ from the vocabulary's.
/// </summary>
internal sealed record Segmentation(int[] Ids, int[] Firsts, int[] Lasts, string[]? Tokens = null)
{
    public static readonly Segmentation Nothing = new([], [], []);
}

/// <summary>Cuts one piece into tokens of the vocabulary (tokenizer.json's <c>model</c>).</summary>
internal interface IAlgorithm
{
    /// <summary>How many entries the vocabulary has; added tokens are numbered from here.</summary>
    int Count { get; }

    IEnumerable<int> Ids { get; }

    int? IdOf(string token);

    string? TokenOf(int id);

    /// <summary>Safe to call from many threads at once.</summary>
    Segmentation Segment(ReadOnlySpan<char> piece);
}
