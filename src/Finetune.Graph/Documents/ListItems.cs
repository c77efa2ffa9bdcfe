using System.Globalization;

namespace Finetune.Graph.Documents;

/// <summary>Items of a list as an override names them: by their <c>name</c>, or counted from 0.</summary>
internal static class ListItems
{
    /// <summary>The item's <c>name</c>, if it has one.</summary>
    public static string? NameOf(Node item) => ((item as MappingNode)?["name"] as ScalarNode)?.Text;

    /// <summary>Which items there are, in words.</summary>
    public static string Describe(SequenceNode list, IReadOnlyList<string> names)
    {
        var count = list.Items.Count.ToString(CultureInfo.InvariantCulture);
        var items = list.Items.Count == 1 ? "1 item" : $"{count} items";
        return names.Count == 0 ? items : $"{items}: {string.Join(", ", names)}";
    }
}
