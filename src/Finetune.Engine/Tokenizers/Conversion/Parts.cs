using System.Text.Json.Nodes;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>The parts of a tokenizer.json that conversions are put together from.</summary>
internal static class Parts
{
    /// <summary>Sentencepiece's mark for a space.</summary>
    public const string Mark = "\u2581";

    public static JsonObject NormalizerChain(params IEnumerable<JsonObject> parts) => Sequence("normalizers", parts);

    public static JsonObject PreTokenizerChain(params IEnumerable<JsonObject> parts) =>
        Sequence("pretokenizers", parts);

    public static JsonObject DecoderChain(params IEnumerable<JsonObject> parts) => Sequence("decoders", parts);

    public static JsonObject Of(string type) => new() { ["type"] = type };

    public static JsonObject Replace(string text, string content) =>
        new()
        {
            ["type"] = "Replace",
            ["pattern"] = new JsonObject { ["String"] = text },
            ["content"] = content,
        };

    public static JsonObject ReplaceRegex(string regex, string content) =>
        new()
        {
            ["type"] = "Replace",
            ["pattern"] = new JsonObject { ["Regex"] = regex },
            ["content"] = content,
        };

    public static JsonObject Prepend(string text) => new() { ["type"] = "Prepend", ["prepend"] = text };

    public static JsonObject Strip(bool left, bool right) =>
        new()
        {
            ["type"] = "Strip",
            ["strip_left"] = left,
            ["strip_right"] = right,
        };

    public static JsonObject Precompiled(byte[] charsmap) =>
        new() { ["type"] = "Precompiled", ["precompiled_charsmap"] = Convert.ToBase64String(charsmap) };

    public static JsonObject Metaspace(string scheme, bool split) =>
        new()
        {
            ["type"] = "Metaspace",
            ["replacement"] = Mark,
            ["prepend_scheme"] = scheme,
            ["split"] = split,
        };

    public static JsonObject Split(JsonObject pattern, string behavior) =>
        new()
        {
            ["type"] = "Split",
            ["pattern"] = pattern,
            ["behavior"] = behavior,
            ["invert"] = false,
        };

    public static JsonObject ByteLevel(bool addPrefixSpace, bool useRegex, bool trimOffsets = true) =>
        new()
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = addPrefixSpace,
            ["trim_offsets"] = trimOffsets,
            ["use_regex"] = useRegex,
        };

    /// <summary>The decoder of sentencepiece models with bytes; it takes off the space that was put in front.</summary>
    public static JsonObject PieceDecoder(bool prefixed, bool bytes = true)
    {
        List<JsonObject> parts = [Replace(Mark, " ")];
        if (bytes)
        {
            parts.Add(Of("ByteFallback"));
        }

        parts.Add(Of("Fuse"));
        if (prefixed)
        {
            parts.Add(
                new JsonObject
                {
                    ["type"] = "Strip",
                    ["content"] = " ",
                    ["start"] = 1,
                    ["stop"] = 0,
                }
            );
        }

        return DecoderChain(parts);
    }

    private static JsonObject Sequence(string key, IEnumerable<JsonObject> parts) =>
        new() { ["type"] = "Sequence", [key] = new JsonArray([.. parts]) };
}
