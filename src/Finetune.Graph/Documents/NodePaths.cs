using System.Globalization;

namespace Finetune.Graph.Documents;

/// <summary>Key paths of nodes: <c>training[0].learning_rate</c>.</summary>
public static class NodePaths
{
    /// <summary>The path of a key of an object.</summary>
    public static string Key(string parent, string key) => parent.Length == 0 ? key : $"{parent}.{key}";

    /// <summary>The path of an item of a list, counted from 0.</summary>
    public static string Item(string parent, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");

    /// <summary>The same node at another path; an anchored value is used at several.</summary>
    public static Node Rebase(Node node, string path) =>
        node switch
        {
            MappingNode m => m with
            {
                Path = path,
                Entries = [.. m.Entries.Select(e => e with { Value = Rebase(e.Value, Key(path, e.Key)) })],
            },
            SequenceNode s => s with { Path = path, Items = [.. s.Items.Select((n, i) => Rebase(n, Item(path, i)))] },
            _ => node with { Path = path },
        };

    /// <summary>How many nodes there are in it, itself included.</summary>
    public static int Count(Node node) =>
        node switch
        {
            MappingNode m => 1 + m.Entries.Sum(e => Count(e.Value)),
            SequenceNode s => 1 + s.Items.Sum(Count),
            _ => 1,
        };
}
