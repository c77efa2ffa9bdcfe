using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads objects and lists.</summary>
internal static class Lists
{
    /// <summary>An object, or a fault.</summary>
    public static ObjectReader? Object(this ValueReader value, SourceSpan place)
    {
        if (value.Node is MappingNode mapping)
        {
            return new ObjectReader(value.Findings, mapping, value.Path, place);
        }

        value.Wrong("an object");
        return null;
    }

    /// <summary>The items of a list; empty ones are faults and left out. Null where it is no list.</summary>
    public static IReadOnlyList<ValueReader>? Items(this ValueReader value, bool mayBeEmpty = true)
    {
        if (value.Node is not SequenceNode list)
        {
            value.Wrong("a list", value.Node is ScalarNode scalar ? $"write [{scalar.Text}]" : null);
            return null;
        }

        if (list.Items.Count == 0 && !mayBeEmpty)
        {
            value.Findings.Add(Codes.Empty, list.Span, value.Path, $"'{value.Path}' is empty");
        }

        var items = new List<ValueReader>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var item = new ValueReader(value.Findings, list.Items[i], $"{value.Path}[{i}]");
            if (item.Node is ScalarNode { Value: null })
            {
                value.Findings.Add(
                    Codes.NoValue,
                    item.Node.Span,
                    item.Path,
                    $"'{item.Path}' has no value",
                    "write one, or leave the item out"
                );
            }

            items.Add(item);
        }

        return items;
    }

    /// <summary>A list of texts; faulty items are left out.</summary>
    public static IReadOnlyList<string>? Texts(this ValueReader value, bool mayBeEmpty = false) =>
        value.Items(mayBeEmpty) is { } items ? [.. items.Select(i => i.Text()).OfType<string>()] : null;

    /// <summary>A list of objects, each closed by its reader; a faulty item is a stand-in, so that places stay right.</summary>
    public static IReadOnlyList<T> Objects<T>(this ValueReader? value, Func<ObjectReader, T> read, T faulty)
        where T : class => [.. (value?.Items() ?? []).Select(i => i.Object(i.Node.Span).Closed(read) ?? faulty)];

    /// <summary>An object read and closed; null where it is absent or no object.</summary>
    public static T? Closed<T>(this ObjectReader? reader, Func<ObjectReader, T> read)
        where T : class
    {
        if (reader is null)
        {
            return null;
        }

        var section = read(reader);
        reader.Close();
        return section;
    }
}
