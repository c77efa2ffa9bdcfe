using System.Text.Json;

namespace Finetune.Engine.Export.Gguf.Vocabulary;

/// <summary>How a SentencePiece vocabulary writes spaces, of the ways that llama.cpp knows: each as U+2581, one more
/// before a text or not.</summary>
internal static class SentencePieceSpaces
{
    private const string Mark = "\u2581";

    /// <summary>Whether a space is put before a text.</summary>
    /// <exception cref="ModelFileException">Another way.</exception>
    public static bool AddsPrefix(string file, JsonElement root)
    {
        var normalizer = Part(root, "normalizer");
        var before = Part(root, "pre_tokenizer");
        if (before is { } metaspace && Type(metaspace) == "Metaspace" && normalizer is null)
        {
            return metaspace.TryGetProperty("prepend_scheme", out var scheme)
                ? scheme.GetString() != "never"
                : !metaspace.TryGetProperty("add_prefix_space", out var adds) || adds.GetBoolean();
        }

        // Gemma's splits at spaces that its normalizer has taken away.
        var idle = before is null || Type(before.Value) == "Split";
        JsonElement[] steps =
            normalizer is not { } one ? []
            : Type(one) == "Sequence" ? [.. one.GetProperty("normalizers").EnumerateArray()]
            : [one];
        var prepends =
            steps is [var first, ..] && Type(first) == "Prepend" && first.GetProperty("prepend").ValueEquals(Mark);
        var rest = prepends ? steps[1..] : steps;
        return idle && rest is [var last] && Replaces(last)
            ? prepends
            : throw new ModelFileException(
                file,
                "normalizer",
                normalizer?.GetRawText() ?? before?.GetRawText() ?? "none",
                "spaces as U+2581, by Metaspace or by Prepend and Replace, to export as GGUF"
            );
    }

    private static bool Replaces(JsonElement step) =>
        Type(step) == "Replace"
        && step.GetProperty("content").ValueEquals(Mark)
        && step.GetProperty("pattern").TryGetProperty("String", out var pattern)
        && pattern.ValueEquals(" ");

    private static JsonElement? Part(JsonElement root, string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Type(JsonElement part) => part.GetProperty("type").GetString();
}
