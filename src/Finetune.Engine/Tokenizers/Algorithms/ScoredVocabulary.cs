namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Tokens with a score each, in a tree by which all tokens that start at a place are found.</summary>
internal sealed class ScoredVocabulary
{
    // Children by (node, unit); node 0 is the root. A node that ends a token has its id.
    private readonly Dictionary<(int Node, char Unit), int> _children = [];
    private readonly List<int> _ends = [-1];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public ScoredVocabulary(JsonPlace place)
    {
        var (tokens, scores) = (new List<string>(), new List<double>());
        foreach (var entry in place.Items())
        {
            if (entry.Items().ToArray() is not [var token, var score])
            {
                throw entry.Fail("[token, score]");
            }

            _ids[token.AsString()] = tokens.Count;
            Plant(token.AsString(), tokens.Count);
            tokens.Add(token.AsString());
            scores.Add(score.AsDouble());
        }

        (Tokens, Scores) = ([.. tokens], [.. scores]);
    }

    public string[] Tokens { get; }

    public double[] Scores { get; }

    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>Goes one unit down from a node; -1 where no token goes on so.</summary>
    public int Step(int node, char unit) => _children.GetValueOrDefault((node, unit), -1);

    /// <summary>The token that ends at a node, or -1.</summary>
    public int EndOf(int node) => _ends[node];

    private void Plant(string token, int id)
    {
        var node = 0;
        foreach (var unit in token)
        {
            if (!_children.TryGetValue((node, unit), out var next))
            {
                next = _ends.Count;
                _children[(node, unit)] = next;
                _ends.Add(-1);
            }

            node = next;
        }

        if (node != 0)
        {
            _ends[node] = id;
        }
    }
}
