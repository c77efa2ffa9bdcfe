namespace Finetune.Engine.Templates.Chat;

/// <summary>A conversation as a model is trained on it: all up to where the last assistant's turn begins, and that
/// turn.</summary>
/// <param name="Prompt">The text up to where the assistant is to write.</param>
/// <param name="Completion">What the assistant writes, without the token that ends its turn.</param>
/// <param name="End">The token that ends the turn; null where the template writes none, then it is the tokenizer's
/// end of sequence.</param>
/// <param name="Lead">What the template itself puts between the prompt and the message's text (an empty thinking
/// block); usually empty.</param>
/// <param name="Tail">What it puts between the message's text and the end of the completion; usually empty.</param>
/// <param name="Earlier">Where earlier assistant turns, the token that ends each with them, lie in the prompt: start
/// and end, in code points. Empty where only the last one counts.</param>
public sealed record RenderedTurns(
    string Prompt,
    string Completion,
    string? End,
    string Lead,
    string Tail,
    IReadOnlyList<(int Start, int End)> Earlier
);
