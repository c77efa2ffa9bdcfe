using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Where each key path of a document stands.</summary>
internal sealed class Places
{
    private readonly Dictionary<string, (SourceSpan? Key, Node Value)> _places = new(StringComparer.Ordinal);

    /// <summary>The places of a document.</summary>
    public Places(MappingNode root) => Add("", null, root);

    /// <summary>Whether the key path stands in the document.</summary>
    public bool Has(string path) => _places.ContainsKey(path);

    /// <summary>The value's node, or null.</summary>
    public Node? Node(string path) => _places.TryGetValue(path, out var place) ? place.Value : null;

    /// <summary>Where the value stands; where it is absent, the nearest thing around it.</summary>
    public SourceSpan Value(string path) =>
        _places.TryGetValue(path, out var place)
            ? place.Value is ScalarNode
                ? place.Value.Span
                : place.Key ?? place.Value.Span
            : Key(Parent(path));

    /// <summary>Where the key stands; for list items, the item.</summary>
    public SourceSpan Key(string path) =>
        _places.TryGetValue(path, out var place) ? place.Key ?? place.Value.Span : Key(Parent(path));

    private static string Parent(string path)
    {
        var end = Math.Max(path.LastIndexOf('.'), path.LastIndexOf('['));
        return end <= 0 ? "" : path[..end];
    }

    private void Add(string path, SourceSpan? key, Node node)
    {
        _places[path] = (key, node);
        switch (node)
        {
            case MappingNode mapping:
                foreach (var entry in mapping.Entries)
                {
                    Add(path.Length == 0 ? entry.Key : $"{path}.{entry.Key}", entry.KeySpan, entry.Value);
                }

                break;
            case SequenceNode list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    Add($"{path}[{i}]", null, list.Items[i]);
                }

                break;
        }
    }
}
