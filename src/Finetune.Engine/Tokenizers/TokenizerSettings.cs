using System.Text.Json;

namespace Finetune.Engine.Tokenizers;

/// <summary>
/// What tokenizer_config.json says, and special_tokens_map.json where the former is silent: which tokens begin, end,
/// pad and stand for the unknown, and whether the class puts the first two around a text.
/// </summary>
internal sealed record TokenizerSettings(string? Bos, string? Eos, string? Pad, string? Unk, bool? AddBos, bool? AddEos)
{
    public const string ConfigName = "tokenizer_config.json";
    public const string MapName = "special_tokens_map.json";

    // These classes build the template themselves from add_bos_token and add_eos_token; others leave the file's.
    private static readonly string[] OwnTemplate =
    [
        "LlamaTokenizer",
        "CodeLlamaTokenizer",
        "GemmaTokenizer",
        "CohereTokenizer",
    ];

    public static TokenizerSettings Read(string folder)
    {
        using var config = Open(Path.Combine(folder, ConfigName), out var main);
        using var map = Open(Path.Combine(folder, MapName), out var older);
        var name = main?.StringOr("tokenizer_class", null) ?? "";
        var own = OwnTemplate.Contains(name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name);
        return new TokenizerSettings(
            Token("bos_token"),
            Token("eos_token"),
            Token("pad_token"),
            Token("unk_token"),
            own ? main?.Optional("add_bos_token")?.AsBool() : null,
            own ? main?.Optional("add_eos_token")?.AsBool() : null
        );

        string? Token(string key) => Content(main?.Optional(key)) ?? Content(older?.Optional(key));
    }

    private static string? Content(JsonPlace? place) =>
        place?.Value.ValueKind == JsonValueKind.Object ? place.Value.Required("content").AsString() : place?.AsString();

    private static JsonDocument? Open(string path, out JsonPlace? root)
    {
        root = null;
        if (!File.Exists(path))
        {
            return null;
        }

        var document = TokenizerFile.Parse(path);
        root = new JsonPlace(document.RootElement, "$", path);
        return document;
    }
}
