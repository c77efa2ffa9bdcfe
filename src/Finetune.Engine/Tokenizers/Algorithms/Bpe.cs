using System.Runtime.CompilerServices;
using System.Text;

namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// Byte-pair encoding as Hugging Face tokenizers does it: characters first, unknown ones by their bytes
/// (<c>&lt;0xE4&gt;</c>) or as the unknown token, then merges by rank.
/// </summary>
internal sealed class Bpe : IAlgorithm
{
    private const int WorthCutting = 24;
    private readonly Vocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly BpeOptions _options;
    private readonly int? _unknown;
    private readonly int[] _bytes;
    private readonly Dictionary<int, int> _characters = [];
    private readonly BpeSeams? _seams;
    private readonly WordCache _cache = new();

    public Bpe(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        (_vocabulary, _merges, _options) = (vocabulary, merges, options);
        _unknown = options.Unknown is null ? null : vocabulary.IdOf(options.Unknown);
        _bytes = [.. Enumerable.Range(0, 256).Select(value => vocabulary.IdOf($"<0x{value:X2}>") ?? -1)];
        foreach (var token in vocabulary.Tokens)
        {
            if (Rune.TryGetRuneAt(token, 0, out var rune) && rune.Utf16SequenceLength == token.Length)
            {
                _characters[rune.Value] = vocabulary.IdOf(token)!.Value;
            }
        }

        _seams = options is { Prefix: "", Suffix: "" } ? new BpeSeams(vocabulary.Tokens) : null;
    }

    public int Count => _vocabulary.Count;

    public IEnumerable<int> Ids => _vocabulary.Ids;

    public int? IdOf(string token) => _vocabulary.IdOf(token);

    public string? TokenOf(int id) => _vocabulary.TokenOf(id);

    public Segmentation Segment(ReadOnlySpan<char> piece)
    {
        if (_options.IgnoreMerges && _vocabulary.IdOf(piece) is { } whole)
        {
            return new Segmentation([whole], [0], [piece.Length - 1]);
        }

        return piece.Length > WorthCutting && _seams is not null ? Long(piece, _seams) : Short(piece);
    }

    private Segmentation Short(ReadOnlySpan<char> piece)
    {
        if (_cache.Find(piece) is { } known)
        {
            return known;
        }

        var made = Make(piece);
        _cache.Keep(piece, made);
        return made;
    }

    private Segmentation Long(ReadOnlySpan<char> piece, BpeSeams seams)
    {
        var (ids, firsts, lasts) = (new List<int>(), new List<int>(), new List<int>());
        for (var start = 0; start < piece.Length; )
        {
            var end = seams.Next(piece, start);
            if (end == start + 1 && _characters.TryGetValue(piece[start], out var single))
            {
                ids.Add(single);
                firsts.Add(start);
                lasts.Add(start);
                start = end;
                continue;
            }

            var part = Short(piece[start..end]);
            ids.AddRange(part.Ids);
            for (var i = 0; i < part.Ids.Length; i++)
            {
                firsts.Add(part.Firsts[i] + start);
                lasts.Add(part.Lasts[i] + start);
            }

            start = end;
        }

        return new Segmentation([.. ids], [.. firsts], [.. lasts]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Segmentation Make(ReadOnlySpan<char> piece)
    {
        var chain = new SymbolChain(piece.Length);
        var (unknown, unknownWidth) = (-1, 0);
        Span<byte> bytes = stackalloc byte[4];
        for (var at = 0; at < piece.Length; )
        {
            Rune.DecodeFromUtf16(piece[at..], out var rune, out var length);
            var width = rune.Utf8SequenceLength;
            var id = SymbolOf(rune, at == 0, at + length == piece.Length);
            at += length;
            if (id >= 0)
            {
                if (unknown >= 0)
                {
                    chain.Add(unknown, unknownWidth);
                    unknown = -1;
                }

                chain.Add(id, width);
            }
            else if (_options.ByteFallback && AddBytes(chain, bytes[..rune.EncodeToUtf8(bytes)]))
            {
                // As in tokenizers, an unknown token that waits to be fused goes on waiting.
            }
            else if (_unknown is { } token)
            {
                if (unknown >= 0 && !_options.FuseUnknown)
                {
                    chain.Add(unknown, unknownWidth);
                }

                unknownWidth = unknown >= 0 && _options.FuseUnknown ? unknownWidth + width : width;
                unknown = token;
            }
        }

        if (unknown >= 0)
        {
            chain.Add(unknown, unknownWidth);
        }

        chain.Merge(_merges);
        var (ids, widths) = chain.Result;
        return ByteWidths.Place(piece, ids, widths);
    }

    private int SymbolOf(Rune rune, bool first, bool last)
    {
        var prefix = first ? "" : _options.Prefix;
        var suffix = last ? _options.Suffix : "";
        return prefix.Length + suffix.Length == 0
            ? _characters.GetValueOrDefault(rune.Value, -1)
            : _vocabulary.IdOf(prefix + rune + suffix) ?? -1;
    }

    // All of a character's bytes, or none.
    private bool AddBytes(SymbolChain chain, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (_bytes[value] < 0)
            {
                return false;
            }
        }

        foreach (var value in bytes)
        {
            chain.Add(_bytes[value], 1);
        }

        return true;
    }
}
