using System.Globalization;
using System.Text.Json;
using Finetune.Engine.Tokenizers.AddedTokens;

namespace Finetune.Engine.Tokenizers;

/// <summary>
/// What the files beside a vocabulary say, with Transformers' precedence: tokenizer_config.json; where that has no
/// added_tokens_decoder, special_tokens_map.json over it and added_tokens.json too; last the class's own defaults.
/// </summary>
internal sealed class TokenizerSettings
{
    public const string ConfigName = "tokenizer_config.json";
    public const string MapName = "special_tokens_map.json";
    public const string AddedName = "added_tokens.json";

    /// <summary>The special tokens that files name.</summary>
    internal static readonly string[] Names =
    [
        "bos_token",
        "eos_token",
        "unk_token",
        "sep_token",
        "pad_token",
        "cls_token",
        "mask_token",
    ];

    private static readonly string[] ListNames = ["additional_special_tokens", "extra_special_tokens"];

    private readonly JsonPlace? _main;
    private readonly JsonPlace? _map;
    private readonly List<ExtraToken> _tokens = [];
    private readonly Dictionary<string, string?> _named = new(StringComparer.Ordinal);

    private TokenizerSettings(string folder, bool isWhole)
    {
        Folder = folder;
        _main = Open(Path.Combine(folder, ConfigName));
        Class = TokenizerClass.Of(folder, _main);
        var decoder = _main?.Optional("added_tokens_decoder");
        _map = decoder is null ? Open(Path.Combine(folder, MapName)) : null;
        ReadNamed();
        ReadDecoder(decoder, isWhole);
        if (decoder is null && !isWhole)
        {
            ReadAdded(Open(Path.Combine(folder, AddedName)));
        }

        _tokens.AddRange(Names.Select(name => Given(name, isWhole)).OfType<ExtraToken>());
        _tokens.AddRange(ListNames.SelectMany(Listed));
        (AddBos, AddEos) = TokenizerClass.Around(Class, Flag("add_bos_token"), Flag("add_eos_token"), isWhole);
    }

    public string Folder { get; }

    /// <summary>The tokenizer class without its <c>Fast</c>; empty where nothing says.</summary>
    public string Class { get; }

    public string? Bos => _named["bos_token"];

    public string? Eos => _named["eos_token"];

    public string? Pad => _named["pad_token"];

    public string? Unk => _named["unk_token"];

    /// <summary>Whether the class puts these around a text itself; both null where the file's template stands.</summary>
    public bool? AddBos { get; }

    public bool? AddEos { get; }

    /// <summary>Tokens that these files add, in the order in which they get ids.</summary>
    public IReadOnlyList<ExtraToken> Tokens => _tokens;

    /// <param name="folder">The folder.</param>
    /// <param name="isWhole">Whether a tokenizer.json holds the tokens already.</param>
    /// <exception cref="ModelFileException">A file is broken.</exception>
    public static TokenizerSettings Read(string folder, bool isWhole) => new(folder, isWhole);

    /// <summary>A special token by its key, e.g. <c>cls_token</c>.</summary>
    public string? Named(string key) => _named.GetValueOrDefault(key);

    /// <summary>A setting of the class; null where tokenizer_config.json does not say.</summary>
    public bool? Flag(string key) => _main?.Optional(key)?.AsBool();

    public int? Count(string key) => _main?.Optional(key)?.AsCount();

    /// <summary>Refuses a setting that changes tokens in a way that is not built here.</summary>
    public void Refuse(string key, Func<JsonElement, bool> harmless)
    {
        if (_main?.Optional(key) is { } place && !harmless(place.Value))
        {
            throw place.Fail($"no {key}, which is not supported");
        }
    }

    private void ReadNamed()
    {
        foreach (var name in Names)
        {
            _named[name] =
                Find(_map, name, out var place) || Find(_main, name, out place)
                    ? place is null
                        ? null
                        : Content(place.Value)
                    : TokenizerClass.Default(Class, name);
        }
    }

    private void ReadDecoder(JsonPlace? decoder, bool isWhole)
    {
        var entries = decoder?.Members().Select(entry => (Id: IdOf(entry.Key, entry.Value), Place: entry.Value));
        foreach (var (id, place) in (entries ?? []).OrderBy(entry => entry.Id))
        {
            // Beside a tokenizer.json the ids are only an order.
            _tokens.Add(AddedTokenReader.Of(place) with { Id = id, Place = isWhole ? null : place });
        }
    }

    private void ReadAdded(JsonPlace? added)
    {
        var entries = added?.Members().Select(entry => (entry.Key, Id: entry.Value.AsCount(), entry.Value));
        foreach (var (content, id, place) in (entries ?? []).OrderBy(entry => entry.Id))
        {
            var special = IsNamed(content) || ListNames.SelectMany(Listed).Any(token => token.Content == content);
            _tokens.Add(new ExtraToken(content, special, !special, Id: id, Place: place));
        }
    }

    private bool IsNamed(string content) => _named.ContainsValue(content);

    private ExtraToken? Given(string name, bool isWhole)
    {
        var said = Find(_map, name, out var place) || Find(_main, name, out place);
        if (_named[name] is not { } content || (!said && isWhole))
        {
            // A class's default is no reason to number a token that a whole file did not number.
            return null;
        }

        return place is { Value.ValueKind: JsonValueKind.Object }
            ? AddedTokenReader.Of(place.Value) with
            {
                Special = true,
                Normalized = place.Value.BoolOr("normalized", false),
            }
            : new ExtraToken(content, LeftStrip: TokenizerClass.MaskTakesSpace(Class, name));
    }

    private IEnumerable<ExtraToken> Listed(string key) =>
        (Find(_map, key, out var place) || Find(_main, key, out place)) && place is { } list
            ? (
                list.Value.ValueKind == JsonValueKind.Object ? list.Members().Select(m => m.Value) : list.Items()
            ).Select(item =>
                item.Value.ValueKind == JsonValueKind.Object
                    ? AddedTokenReader.Of(item) with
                    {
                        Special = true,
                        Normalized = item.BoolOr("normalized", false),
                    }
                    : new ExtraToken(item.AsString())
            )
            : [];

    private static int IdOf(string key, JsonPlace place) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw place.Fail("a key that is an id");

    // JSON null counts as said: the class has no such token then.
    private static bool Find(JsonPlace? root, string key, out JsonPlace? place)
    {
        place = root?.Optional(key);
        return place is not null || (root is { } file && file.Value.TryGetProperty(key, out _));
    }

    private static string Content(JsonPlace place) =>
        place.Value.ValueKind == JsonValueKind.Object ? place.Required("content").AsString() : place.AsString();

    private static JsonPlace? Open(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = TokenizerFile.Parse(path);
        var root = new JsonPlace(document.RootElement.Clone(), "$", path);
        return root.Value.ValueKind == JsonValueKind.Object ? root : throw root.Fail("an object");
    }
}
