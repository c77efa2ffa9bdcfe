namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Tokens and ids, both ways.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _spans;
    private readonly Dictionary<int, string> _tokens;

    public Vocabulary(JsonPlace place)
    {
        _ids = new Dictionary<string, int>(StringComparer.Ordinal);
        _tokens = [];
        foreach (var (token, id) in place.Members())
        {
            _ids[token] = id.AsCount();
            _tokens[_ids[token]] = token;
        }

        _spans = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _ids.Count;

    public IEnumerable<string> Tokens => _ids.Keys;

    public IEnumerable<int> Ids => _tokens.Keys;

    public int? IdOf(ReadOnlySpan<char> token) => _spans.TryGetValue(token, out var id) ? id : null;

    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);
}
