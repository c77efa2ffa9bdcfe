using Finetune.Engine.Tokenizers.Decoders;
using Finetune.Engine.Tokenizers.PostProcessors;

namespace Finetune.Engine.Tokenizers;

/// <summary>
/// Turns text into ids and back, as the <c>tokenizer.json</c> of a Hugging Face folder says. Safe to use from many
/// threads at once.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerFile _file;
    private readonly IPostProcessor? _postProcessor;

    // What the template puts around one text: ids, and null where the text goes.
    private readonly int?[] _around;

    private Tokenizer(TokenizerFile file, TokenizerSettings settings)
    {
        _file = file;
        VocabularySize = file.Algorithm.Ids.Concat(file.Added.Ids).DefaultIfEmpty(-1).Max() + 1;
        BosId = Id(settings.Bos);
        EosId = Id(settings.Eos);
        PadId = Id(settings.Pad);
        UnkId = Id(settings.Unk);
        _postProcessor = OwnTemplate.For(settings, BosId, EosId) ?? file.PostProcessor;
        _around =
        [
            .. Wrap(
                    [
                        [new PlacedToken(0, "", 0, 0, 0, 0)],
                    ],
                    true
                )
                .Select(t => t.Sequence is null ? t.Id : (int?)null),
        ];
        LeadingSpecialTokens = Math.Max(0, Array.IndexOf(_around, null));
        TrailingSpecialTokens = _around.Length - 1 - Math.Max(0, Array.LastIndexOf(_around, null));

        int? Id(string? token) => token is null ? null : IdOf(token);
    }

    /// <summary>Reads the tokenizer of a folder.</summary>
    /// <exception cref="ModelFileException">
    /// There is none, or it has a part or a key that this reader does not know.
    /// </exception>
    public static Tokenizer Load(string folder)
    {
        var path = Path.Combine(folder, TokenizerFile.Name);
        if (!File.Exists(path))
        {
            throw new ModelFileException(path, null, "no such file", "a tokenizer.json");
        }

        return new Tokenizer(TokenizerFile.Read(path), TokenizerSettings.Read(folder));
    }

    /// <summary>Whether a folder holds a tokenizer that can be read here.</summary>
    public static bool ExistsIn(string folder) => File.Exists(Path.Combine(folder, TokenizerFile.Name));

    /// <summary>The files of a folder that make its tokenizer, full paths in a fixed order.</summary>
    public static IReadOnlyList<string> FilesIn(string folder) =>
        [
            .. new[]
            {
                TokenizerFile.Name,
                TokenizerSettings.ConfigName,
                TokenizerSettings.MapName,
                Templates.Chat.ChatTemplates.TemplateFile,
            }
                .Select(name => Path.GetFullPath(Path.Combine(folder, name)))
                .Where(File.Exists),
        ];

    /// <summary>One more than the highest id.</summary>
    public int VocabularySize { get; }

    /// <summary>The id of the token that begins a text, where the configuration names one.</summary>
    public int? BosId { get; }

    /// <summary>The id of the token that ends a text, where the configuration names one.</summary>
    public int? EosId { get; }

    /// <summary>The id of the token for padding, where the configuration names one.</summary>
    public int? PadId { get; }

    /// <summary>The id of the token for what is unknown, where the configuration names one.</summary>
    public int? UnkId { get; }

    /// <summary>How many special tokens are put in front of a text.</summary>
    public int LeadingSpecialTokens { get; }

    /// <summary>How many special tokens are put behind a text.</summary>
    public int TrailingSpecialTokens { get; }

    /// <summary>The tokens of a text, with what they stand for.</summary>
    public Encoding Encode(string text, bool addSpecialTokens = true) => Finish([Place(text, 0)], addSpecialTokens);

    /// <summary>The tokens of two texts, joined as the tokenizer's template for pairs says.</summary>
    public Encoding EncodePair(string first, string second, bool addSpecialTokens = true) =>
        Finish([Place(first, 0), Place(second, 1)], addSpecialTokens);

    /// <summary>The ids of a text; the same as <see cref="Encode"/>'s, without their places.</summary>
    public int[] EncodeIds(string text, bool addSpecialTokens = true)
    {
        var ids = new List<int>();
        TokenizerPass.Run(_file, text, (id, _, _, _) => ids.Add(id));
        return addSpecialTokens && _around.Length > 1
            ? [.. _around.SelectMany(special => special is { } id ? [id] : ids)]
            : [.. ids];
    }

    /// <summary>The text of ids. Bytes that make no UTF-8 become U+FFFD; ids that are no token are left out.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            if (TokenOf(id) is { } token && !(skipSpecialTokens && _file.Added.IsSpecial(token)))
            {
                tokens.Add(token);
            }
        }

        return _file.Decoder is null ? string.Join(' ', tokens) : string.Concat(_file.Decoder.Apply(tokens));
    }

    /// <summary>Decodes ids as they come.</summary>
    public DecodeStream Stream(bool skipSpecialTokens = false) => new(this, skipSpecialTokens);

    /// <summary>Whether an id is that of a special token.</summary>
    public bool IsSpecial(int id) => _file.Added.Find(id)?.Special ?? false;

    /// <summary>The token of an id, or null where there is none.</summary>
    public string? TokenOf(int id) => _file.Added.Find(id)?.Shown ?? _file.Algorithm.TokenOf(id);

    /// <summary>The id of a token, or null where there is none.</summary>
    public int? IdOf(string token) => _file.Added.Find(token)?.Id ?? _file.Algorithm.IdOf(token);

    /// <summary>Whether the last token that shows is one byte of perhaps more, so that its text is not certain.</summary>
    internal bool EndsInByte(List<int> ids, bool skipSpecialTokens)
    {
        if (_file.Decoder is not { HasByteTokens: true })
        {
            return false;
        }

        for (var i = ids.Count - 1; i >= 0; i--)
        {
            if (TokenOf(ids[i]) is { } token && !(skipSpecialTokens && _file.Added.IsSpecial(token)))
            {
                return ByteFallbackDecoder.ByteOf(token) is not null;
            }
        }

        return false;
    }

    private List<PlacedToken> Place(string text, int sequence)
    {
        var points = CodePoints.Of(text);
        var placed = new List<PlacedToken>();
        TokenizerPass.Run(
            _file,
            text,
            (id, token, start, end) =>
                placed.Add(
                    new PlacedToken(id, token ?? TokenOf(id)!, points.At(start), points.At(end), sequence, sequence)
                )
        );
        return placed;
    }

    private List<PlacedToken> Wrap(List<List<PlacedToken>> parts, bool addSpecialTokens) =>
        [.. (_postProcessor?.Apply(parts, addSpecialTokens) ?? parts).SelectMany(part => part)];

    private Encoding Finish(List<List<PlacedToken>> parts, bool addSpecialTokens)
    {
        var all = Wrap(parts, addSpecialTokens);
        return new Encoding(
            [.. all.Select(token => token.Id)],
            [.. all.Select(token => token.Token)],
            [.. all.Select(token => (token.Start, token.End))]
        )
        {
            TypeIds = [.. all.Select(token => token.Type)],
            Sequences = [.. all.Select(token => token.Sequence)],
        };
    }
}
