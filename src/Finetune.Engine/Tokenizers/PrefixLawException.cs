namespace Finetune.Engine.Tokenizers;

/// <summary>The tokens of a prompt are no prefix of the tokens of prompt + completion.</summary>
/// <param name="prompt">The prompt's tokens.</param>
/// <param name="whole">The tokens of prompt + completion.</param>
/// <param name="position">The first place at which they differ.</param>
public sealed class PrefixLawException(IReadOnlyList<string> prompt, IReadOnlyList<string> whole, int position)
    : Exception(
        $"the prompt's tokens are no prefix of prompt + completion: token {position} is "
            + $"{Shown(prompt, position)} in the prompt alone and {Shown(whole, position)} in the whole; "
            + "start the completion with a space or a newline, end the prompt without one, or set boundary: split"
    )
{
    /// <summary>The prompt's tokens.</summary>
    public IReadOnlyList<string> Prompt { get; } = prompt;

    /// <summary>The tokens of prompt + completion.</summary>
    public IReadOnlyList<string> Whole { get; } = whole;

    /// <summary>The first place at which they differ.</summary>
    public int Position { get; } = position;

    private static string Shown(IReadOnlyList<string> tokens, int position) =>
        position < tokens.Count ? $"\"{tokens[position]}\"" : "missing";
}
