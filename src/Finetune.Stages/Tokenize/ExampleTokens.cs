using System.Globalization;
using Finetune.Engine.Templates.Chat;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Tokenize;

/// <summary>
/// Turns one example into ids and the mask of what carries loss: the completion's tokens and the end of sequence,
/// known from the lengths of prompt and whole, never from searching text. Safe for several threads.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="endId">The end-of-sequence token.</param>
/// <param name="settings">Lengths and boundary.</param>
/// <param name="split">The split's name, for errors.</param>
internal sealed class ExampleTokens(Tokenizer tokenizer, int endId, TokenizeSettings settings, string split)
{
    private readonly Boundary _boundary = ModelInputs.BoundaryOf(settings.Boundary);

    // An encoder must have something to read, and what ends its texts stays.
    private int EndOfPrompt => _boundary == Boundary.Source ? Math.Max(1, tokenizer.TrailingSpecialTokens) : 0;

    /// <summary>The example in tokens, or what became of it.</summary>
    /// <param name="example">The example.</param>
    /// <param name="line">Its 0-based line in the examples file.</param>
    public TokenOutcome Of(Example example, long line)
    {
        var outcome = One(example, line);
        if (example.Rejected is not { } rejected || outcome.Example is null)
        {
            return outcome;
        }

        // A pair is kept or left out as one.
        var other = One(example with { Completion = rejected }, line);
        return other.Example is { } worse
            ? outcome with
            {
                Rejected = worse with { Template = TokenExample.RejectedOf(worse.Template) },
                Truncated = outcome.Truncated || other.Truncated,
            }
            : other;
    }

    private TokenOutcome One(Example example, long line)
    {
        EncodedExample encoded;
        var end = ModelInputs.EndOf(example.Chat, tokenizer, endId);
        try
        {
            encoded = ExampleEncoder.Encode(
                tokenizer,
                example.Prompt,
                example.Completion,
                _boundary,
                end,
                addSpecialTokens: example.Chat is null
            );
        }
        catch (PrefixLawException e)
        {
            return new TokenOutcome(
                Error(
                    TokenizeCodes.PrefixLaw,
                    example,
                    $"the prompt's tokens end in {Around(e.Prompt, e.Position)}, but with the completion behind it they are {Around(e.Whole, e.Position)}",
                    "model.boundary",
                    "begin the completion with a space or a newline and end the prompt without one, or set 'boundary: split'"
                )
            );
        }

        if (encoded.InputIds.Length - encoded.PromptLength < 2)
        {
            return new TokenOutcome(
                Error(
                    TokenizeCodes.NoLabels,
                    example,
                    "the completion has no tokens",
                    "templates",
                    "mend the row, or take it out"
                )
            );
        }

        if (encoded.InputIds.AsSpan(encoded.PromptLength).Count(end) > 1)
        {
            return new TokenOutcome(
                Error(
                    TokenizeCodes.EndInside,
                    example,
                    $"the completion itself holds the token that ends it, '{tokenizer.TokenOf(end)}'",
                    "templates",
                    "take it out of the row or the template: it is added once, at the end"
                )
            );
        }

        return encoded.InputIds.Length <= settings.MaxLength
            ? Kept(example, line, encoded, truncated: false)
            : TooLong(example, line, encoded);
    }

    private TokenOutcome TooLong(Example example, long line, EncodedExample encoded)
    {
        if (settings.Overlong == "drop")
        {
            return new TokenOutcome(Dropped: true);
        }

        var cut =
            settings.Overlong == "truncate"
                ? ExampleEncoder.Truncate(encoded, settings.MaxLength, tokenizer.LeadingSpecialTokens, EndOfPrompt)
                : null;
        if (cut is not null)
        {
            return Kept(example, line, cut, truncated: true);
        }

        var labels = encoded.InputIds.Length - encoded.PromptLength;
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"{encoded.InputIds.Length} tokens ({labels} of them completion and end) are more than the {settings.MaxLength} allowed"
        );
        return new TokenOutcome(
            settings.Overlong == "truncate"
                ? Error(
                    TokenizeCodes.NoLabels,
                    example,
                    $"{found}, and the completion alone does not fit",
                    "model.max_length",
                    "raise 'max_length', shorten the row, or set 'overlong: drop'"
                )
                : Error(
                    TokenizeCodes.Overlong,
                    example,
                    found,
                    "model.max_length",
                    "raise 'max_length', shorten the row, or set 'overlong: drop' or 'truncate'"
                )
        );
    }

    private TokenOutcome Kept(Example example, long line, EncodedExample encoded, bool truncated)
    {
        bool[] mask;
        try
        {
            mask = TurnMask.Of(encoded, tokenizer, example.Prompt, ChatExample.TurnsOf(example.Chat));
        }
        catch (ConversationException e)
        {
            return new TokenOutcome(Error(TokenizeCodes.PrefixLaw, example, e.Message, "templates", e.Cure));
        }

        return new TokenOutcome(
            Example: new TokenExample(encoded.InputIds, mask, line, example.Row, example.Template),
            Truncated: truncated
        );
    }

    private Diagnostic Error(string code, Example example, string message, string key, string cure) =>
        new(
            code,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{split} row {example.Row} in template '{example.Template}': {message}"
            ),
            KeyPath: key == "templates" ? $"templates.{example.Template}" : key,
            Cure: cure,
            Row: example.Row
        );

    private static string Around(IReadOnlyList<string> tokens, int position) =>
        "[" + string.Join(' ', tokens.Skip(Math.Max(0, position - 2)).Take(4).Select(t => $"'{t}'")) + "]";
}

/// <summary>What became of an example: exactly one of an example, an error or a drop.</summary>
/// <param name="Error">What is wrong with it.</param>
/// <param name="Example">Its tokens.</param>
/// <param name="Truncated">Whether its prompt was cut.</param>
/// <param name="Dropped">Whether it is left out for its length.</param>
/// <param name="Rejected">The tokens of its worse completion, where it has one.</param>
internal readonly record struct TokenOutcome(
    Diagnostic? Error = null,
    TokenExample? Example = null,
    bool Truncated = false,
    bool Dropped = false,
    TokenExample? Rejected = null
);
