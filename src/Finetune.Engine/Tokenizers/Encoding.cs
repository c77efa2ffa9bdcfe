namespace Finetune.Engine.Tokenizers;

/// <summary>A text in tokens.</summary>
/// <param name="Ids">The ids.</param>
/// <param name="Tokens">The tokens as the vocabulary writes them; an added token as it was matched.</param>
/// <param name="Offsets">
/// The stretch of the text that each stands for, [start, end) in Unicode code points; (0, 0) for tokens put in by a
/// template.
/// </param>
public sealed record Encoding(int[] Ids, string[] Tokens, (int Start, int End)[] Offsets)
{
    /// <summary>The segment that each token belongs to (BERT's token types).</summary>
    public required int[] TypeIds { get; init; }

    /// <summary>Which text each token came from: 0 or 1; null where a template put it in.</summary>
    public required int?[] Sequences { get; init; }
}
