using System.Globalization;

namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// Sentencepiece's unigram model: the cut with the highest sum of scores. A character that no token covers is unknown
/// at ten below the lowest score; neighbouring unknowns fuse, and become bytes where the vocabulary has them all.
/// </summary>
internal sealed class Unigram : IAlgorithm
{
    private const double UnknownPenalty = 10;
    private readonly ScoredVocabulary _vocabulary;
    private readonly int? _unknown;
    private readonly double _unknownScore;
    private readonly int[]? _bytes;
    private readonly WordCache _cache = new();

    private Unigram(ScoredVocabulary vocabulary, int? unknown, bool byteFallback)
    {
        (_vocabulary, _unknown) = (vocabulary, unknown);
        _unknownScore = vocabulary.Scores.DefaultIfEmpty(0).Min() - UnknownPenalty;
        _bytes = byteFallback ? [.. Enumerable.Range(0, 256).Select(ByteToken)] : null;
    }

    public int Count => _vocabulary.Tokens.Length;

    public IEnumerable<int> Ids => Enumerable.Range(0, Count);

    public static Unigram Read(JsonPlace place)
    {
        place.Closed("type", "unk_id", "vocab", "byte_fallback");
        var vocabulary = new ScoredVocabulary(place.Required("vocab"));
        var unknown = place.Optional("unk_id");
        return unknown is null || unknown.Value.AsCount() < vocabulary.Tokens.Length
            ? new Unigram(vocabulary, unknown?.AsCount(), place.BoolOr("byte_fallback", false))
            : throw unknown.Value.Fail("an id of the vocabulary");
    }

    public int? IdOf(string token) => _vocabulary.IdOf(token);

    public string? TokenOf(int id) => id >= 0 && id < Count ? _vocabulary.Tokens[id] : null;

    public Segmentation Segment(ReadOnlySpan<char> piece)
    {
        if (_cache.Find(piece) is { } known)
        {
            return known;
        }

        var made = Tokens(piece, Best(piece));
        _cache.Keep(piece, made);
        return made;
    }

    // The best way to each place: where its last token starts and which it is (-1: unknown).
    private (int Start, int Id)[] Best(ReadOnlySpan<char> piece)
    {
        var ways = new (int Start, int Id)[piece.Length + 1];
        var scores = new double[piece.Length + 1];
        Array.Fill(scores, double.NegativeInfinity, 1, piece.Length);
        for (var at = 0; at < piece.Length; )
        {
            var width = char.IsHighSurrogate(piece[at]) && at + 1 < piece.Length ? 2 : 1;
            var covered = false;
            var node = 0;
            for (var end = at; end < piece.Length && (node = _vocabulary.Step(node, piece[end])) >= 0; end++)
            {
                if (_vocabulary.EndOf(node) is >= 0 and var id)
                {
                    Offer(end + 1, scores[at] + _vocabulary.Scores[id], at, id);
                    covered |= end + 1 == at + width;
                }
            }

            if (!covered)
            {
                Offer(at + width, scores[at] + _unknownScore, at, -1);
            }

            at += width;
        }

        return ways;

        void Offer(int end, double score, int start, int id)
        {
            // The first of equals stays.
            if (score > scores[end] || double.IsNegativeInfinity(scores[end]))
            {
                (scores[end], ways[end]) = (score, (start, id));
            }
        }
    }

    private Segmentation Tokens(ReadOnlySpan<char> piece, (int Start, int Id)[] ways)
    {
        var path = new List<(int Start, int End, int Id)>();
        for (var end = piece.Length; end > 0; end = ways[end].Start)
        {
            var (start, id) = ways[end];
            id = id == _unknown ? -1 : id;
            if (id < 0 && path.Count > 0 && path[^1].Id < 0)
            {
                path[^1] = path[^1] with { Start = start };
            }
            else
            {
                path.Add((start, end, id));
            }
        }

        path.Reverse();
        var made = new List<(int Id, int First, int Last, string Token)>(path.Count);
        foreach (var (start, end, id) in path)
        {
            Add(made, piece[start..end], start, end, id);
        }

        return new Segmentation(
            [.. made.Select(token => token.Id)],
            [.. made.Select(token => token.First)],
            [.. made.Select(token => token.Last)],
            [.. made.Select(token => token.Token)]
        );
    }

    private void Add(List<(int, int, int, string)> made, ReadOnlySpan<char> text, int start, int end, int id)
    {
        var shown = text.ToString();

        // What the path calls unknown may yet be a token when fused.
        id = id >= 0 ? id : _vocabulary.IdOf(shown) ?? -1;
        if (id >= 0)
        {
            made.Add((id, start, end - 1, shown));
            return;
        }

        var bytes = System.Text.Encoding.UTF8.GetBytes(shown);
        if (_bytes is not null && bytes.All(value => _bytes[value] >= 0))
        {
            foreach (var value in bytes)
            {
                made.Add((_bytes[value], start, end - 1, _vocabulary.Tokens[_bytes[value]]));
            }
        }
        else if (_unknown is { } unknown)
        {
            made.Add((unknown, start, end - 1, shown));
        }
        else
        {
            throw new ModelFileException(
                TokenizerFile.Name,
                "$.model.unk_id",
                "null",
                $"an id, since \"{shown}\" is not in the vocabulary"
            );
        }
    }

    private int ByteToken(int value) =>
        _vocabulary.IdOf(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")) ?? -1;
}
