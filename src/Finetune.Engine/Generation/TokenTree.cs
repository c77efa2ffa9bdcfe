namespace Finetune.Engine.Generation;

/// <summary>
/// Completions of one prompt with common beginnings laid together: every node is a token that something follows. What
/// follows the prompt itself follows <see cref="Root"/>.
/// </summary>
internal sealed class TokenTree
{
    /// <summary>The place of the prompt's last token.</summary>
    public const int Root = -1;

    private readonly List<int> _ids = [];
    private readonly List<int> _parents = [];
    private readonly List<int> _depths = [];
    private readonly List<(int Node, int Target)[]> _paths = [];

    /// <summary>Lays completions together.</summary>
    /// <param name="completions">Token ids, with end of sequence.</param>
    public TokenTree(IReadOnlyList<int[]> completions)
    {
        var children = new Dictionary<(int Parent, int Id), int>();
        foreach (var completion in completions)
        {
            var path = new (int, int)[completion.Length];
            var at = Root;
            for (var i = 0; i < completion.Length; i++)
            {
                path[i] = (at, completion[i]);
                if (i + 1 < completion.Length && !children.TryGetValue((at, completion[i]), out at))
                {
                    at = Add(path[i].Item1, completion[i], i);
                    children.Add((path[i].Item1, completion[i]), at);
                }
            }

            _paths.Add(path);
        }
    }

    /// <summary>Tokens of the nodes, parents before children.</summary>
    public IReadOnlyList<int> Ids => _ids;

    /// <summary>How many tokens of the completion stand before each node.</summary>
    public IReadOnlyList<int> Depths => _depths;

    /// <summary>Completion by completion, each token and the node that it follows.</summary>
    public IReadOnlyList<IReadOnlyList<(int Node, int Target)>> Paths => _paths;

    /// <summary>Who sees whom, row by row: each node itself and those it follows.</summary>
    public bool[] Sight()
    {
        var count = _ids.Count;
        var sight = new bool[count * count];
        for (var node = 0; node < count; node++)
        {
            if (_parents[node] != Root)
            {
                sight.AsSpan(_parents[node] * count, count).CopyTo(sight.AsSpan(node * count, count));
            }

            sight[node * count + node] = true;
        }

        return sight;
    }

    private int Add(int parent, int id, int depth)
    {
        _ids.Add(id);
        _parents.Add(parent);
        _depths.Add(depth);
        return _ids.Count - 1;
    }
}
