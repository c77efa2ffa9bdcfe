using System.Text;
using Finetune.Engine.Tokenizers.Algorithms;
using Finetune.Engine.Tokenizers.Normalizers;
using Finetune.Engine.Tokenizers.Patterns;
using Finetune.Engine.Tokenizers.PreTokenizers;

namespace Finetune.Engine.Tokenizers;

/// <summary>
/// The short way to the ids of byte-level tokenizers (GPT-2's and its kin), where nobody asks for places: pieces are cut
/// out of the text as it is and looked up whole; only a piece that was not seen before is written in bytes and merged.
/// The same ids as <see cref="TokenizerPass"/> gives.
/// </summary>
internal sealed class ByteLevelIds
{
    private readonly TokenizerFile _file;
    private readonly RegexPattern? _pattern;
    private readonly PieceCache _cache = new();

    private ByteLevelIds(TokenizerFile file, RegexPattern? pattern) => (_file, _pattern) = (file, pattern);

    /// <summary>Null for a tokenizer of another build.</summary>
    public static ByteLevelIds? For(TokenizerFile file)
    {
        if (file.Normalizer is not (null or UnicodeNormalizer))
        {
            return null;
        }

        return file.PreTokenizer switch
        {
            ByteLevelPreTokenizer { AddsPrefix: false } bytes => new ByteLevelIds(file, bytes.Pattern),
            PreTokenizerSequence
            {
                Parts: [PatternSplit { Plain: { } pattern }, ByteLevelPreTokenizer { AddsPrefix: false, Pattern: null }]
            } => new ByteLevelIds(file, pattern),
            _ => null,
        };
    }

    public void Encode(string text, List<int> ids)
    {
        var whole = TokenizerPass.Sound(text);
        foreach (var (start, end, token) in _file.Added.Cut(whole, normalized: false))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            // No form of Unicode changes ASCII.
            var part = whole.AsSpan(start, end - start);
            Normalized(
                _file.Normalizer is null || Ascii.IsValid(part)
                    ? part
                    : _file.Normalizer.Apply(AlignedText.Of(whole, start, end)).Chars,
                ids
            );
        }
    }

    private void Normalized(ReadOnlySpan<char> text, List<int> ids)
    {
        var sink = new Sink(this, ids);
        foreach (var (start, end, token) in _file.Added.Cut(text, normalized: true))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
            }
            else if (_pattern is null)
            {
                sink.Piece(text[start..end]);
            }
            else
            {
                _pattern.Cut(text[start..end], ref sink);
            }
        }
    }

    private int[] Segment(ReadOnlySpan<char> piece)
    {
        var written = new char[piece.Length * 3];
        var length = 0;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in piece.EnumerateRunes())
        {
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                written[length++] = ByteAlphabet.CharOf(value);
            }
        }

        return _file.Algorithm.Segment(written.AsSpan(0, length)).Ids;
    }

    private readonly struct Sink(ByteLevelIds owner, List<int> ids) : IPieceSink
    {
        public void Piece(ReadOnlySpan<char> piece)
        {
            if (!PieceCache.TryKey(piece, out var key))
            {
                ids.AddRange(owner.Segment(piece));
                return;
            }

            if (owner._cache.Find(key) is not { } known)
            {
                known = owner.Segment(piece);
                owner._cache.Keep(key, known);
            }

            if (known.Length == 1)
            {
                ids.Add(known[0]);
            }
            else
            {
                ids.AddRange(known);
            }
        }
    }
}
