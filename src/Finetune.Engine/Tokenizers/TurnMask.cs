using Finetune.Engine.Templates.Chat;

namespace Finetune.Engine.Tokenizers;

/// <summary>Which tokens of a conversation carry loss where more than its last turn counts.</summary>
public static class TurnMask
{
    /// <summary>What of an example carries loss: its completion with the end, and earlier turns.</summary>
    /// <param name="example">The example's ids.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="prompt">The example's prompt.</param>
    /// <param name="turns">Where turns lie in the prompt: start and end, in code points; usually none.</param>
    /// <exception cref="ConversationException">A token lies across the edge of a turn.</exception>
    public static bool[] Of(
        EncodedExample example,
        Tokenizer tokenizer,
        string prompt,
        IReadOnlyList<(int Start, int End)> turns
    )
    {
        var mask = new bool[example.InputIds.Length];
        mask.AsSpan(example.PromptLength).Fill(true);
        Add(mask, tokenizer, prompt, turns);
        return mask;
    }

    /// <summary>Marks the tokens of earlier turns; the completion's are marked already.</summary>
    /// <param name="mask">One flag a token of the example: <c>[length]</c>.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="prompt">The example's prompt, its special tokens in it.</param>
    /// <param name="turns">Where turns lie in the prompt: start and end, in code points.</param>
    /// <exception cref="ConversationException">A token lies across the edge of a turn.</exception>
    public static void Add(bool[] mask, Tokenizer tokenizer, string prompt, IReadOnlyList<(int Start, int End)> turns)
    {
        if (turns.Count == 0)
        {
            return;
        }

        var encoding = tokenizer.Encode(prompt, addSpecialTokens: false);
        var turn = 0;
        for (var i = 0; i < encoding.Ids.Length && turn < turns.Count; i++)
        {
            var (start, end) = encoding.Offsets[i];
            while (turn < turns.Count && start >= turns[turn].End)
            {
                turn++;
            }

            if (turn == turns.Count || end <= turns[turn].Start)
            {
                continue;
            }

            if (start < turns[turn].Start || end > turns[turn].End)
            {
                throw new ConversationException(
                    $"the token '{encoding.Tokens[i]}' lies across the edge of an assistant's turn",
                    "end the generation prompt, and begin what follows a turn, with a newline or a special token"
                );
            }

            mask[i] = true;
        }
    }
}
