namespace Finetune.Stages.Tokenize;

/// <summary>How examples become tokens.</summary>
/// <param name="MaxLength">Longest example in tokens, end-of-sequence included.</param>
/// <param name="Overlong"><c>error</c>, <c>drop</c> or <c>truncate</c>.</param>
/// <param name="Boundary"><c>together</c> (prompt and completion in one text; the prefix law is checked),
/// <c>split</c>, or <c>source</c> (an encoder reads the prompt, a decoder writes the completion).</param>
public sealed record TokenizeSettings(int MaxLength, string Overlong, string Boundary);
