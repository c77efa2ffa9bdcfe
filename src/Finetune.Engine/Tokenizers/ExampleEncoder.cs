namespace Finetune.Engine.Tokenizers;

/// <summary>
/// The one place that makes ids of prompts and completions, for training, evaluation and use alike. Leading special
/// tokens are the tokenizer's own, once; what its template puts behind a text is left off, and the end-of-sequence
/// token follows the completion exactly once.
/// </summary>
public static class ExampleEncoder
{
    /// <summary>The ids of a prompt to go on from.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="prompt">The text.</param>
    /// <param name="addSpecialTokens">False for a text of a chat template, which has its special tokens in it.</param>
    public static int[] Prompt(Tokenizer tokenizer, string prompt, bool addSpecialTokens = true)
    {
        if (!addSpecialTokens)
        {
            return tokenizer.EncodeIds(prompt, addSpecialTokens: false);
        }

        var ids = tokenizer.EncodeIds(prompt);
        var end = ids.Length - tokenizer.TrailingSpecialTokens;

        // A prompt that itself begins with the token that the template puts in front would have it twice.
        var lead = tokenizer.LeadingSpecialTokens;
        var doubled = lead > 0 && lead < end && ids[lead - 1] == ids[lead] && ids[lead] == tokenizer.BosId;
        return doubled ? [.. ids[..lead], .. ids[(lead + 1)..end]] : ids[..end];
    }

    /// <summary>The ids of a text that an encoder reads, all special tokens of the tokenizer with it; never none.</summary>
    public static int[] Source(Tokenizer tokenizer, string text, int eosId) =>
        tokenizer.EncodeIds(text) is { Length: > 0 } ids ? ids : [eosId];

    /// <summary>The ids of prompt, completion and <paramref name="eosId"/>.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="prompt">All that comes before the completion.</param>
    /// <param name="completion">What is to be learned.</param>
    /// <param name="boundary">How the two meet.</param>
    /// <param name="eosId">What ends the completion.</param>
    /// <param name="addSpecialTokens">False for texts of a chat template, which have their special tokens in them; an
    /// encoder's text has the tokenizer's own all the same.</param>
    /// <exception cref="PrefixLawException">
    /// Together, the prompt's tokens are no prefix of the tokens of both.
    /// </exception>
    public static EncodedExample Encode(
        Tokenizer tokenizer,
        string prompt,
        string completion,
        Boundary boundary,
        int eosId,
        bool addSpecialTokens = true
    )
    {
        var start =
            boundary == Boundary.Source
                ? Source(tokenizer, prompt, eosId)
                : Prompt(tokenizer, prompt, addSpecialTokens);
        var whole =
            boundary == Boundary.Together
                ? Prompt(tokenizer, prompt + completion, addSpecialTokens)
                : [.. start, .. tokenizer.EncodeIds(completion, addSpecialTokens: false)];
        var shared = start.AsSpan().CommonPrefixLength(whole);
        if (shared < start.Length)
        {
            throw new PrefixLawException(Tokens(tokenizer, start), Tokens(tokenizer, whole), shared);
        }

        var ended = whole.Length > start.Length && whole[^1] == eosId;
        return new EncodedExample(ended ? whole : [.. whole, eosId], start.Length);
    }

    /// <summary>
    /// Cuts the prompt's start, after its leading special tokens, so that at most <paramref name="maxLength"/> ids are
    /// left; never the completion or its end, nor the prompt's last <paramref name="kept"/> ids. Null where those and
    /// the leading tokens alone are longer.
    /// </summary>
    public static EncodedExample? Truncate(
        EncodedExample example,
        int maxLength,
        int leadingSpecialTokens,
        int kept = 0
    )
    {
        var over = example.InputIds.Length - maxLength;
        if (over <= 0)
        {
            return example;
        }

        var lead = Math.Min(leadingSpecialTokens, example.PromptLength);
        return over > example.PromptLength - lead - kept
            ? null
            : new EncodedExample(
                [.. example.InputIds[..lead], .. example.InputIds[(lead + over)..]],
                example.PromptLength - over
            );
    }

    private static string[] Tokens(Tokenizer tokenizer, int[] ids) =>
        [.. ids.Select(id => tokenizer.TokenOf(id) ?? $"{id}")];
}
