using System.Globalization;
using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Documents;

/// <summary>
/// Collects the entries of one object. Own keys win over merged ones wherever they stand; of merged objects the earlier
/// wins (https://yaml.org/type/merge.html).
/// </summary>
internal sealed class MappingBuilder(string path, List<Diagnostic> diagnostics)
{
    private readonly List<(MappingEntry Entry, bool Merged)> entries = [];
    private readonly Dictionary<string, SourceSpan> own = new(StringComparer.Ordinal);

    /// <summary>Adds a key as written.</summary>
    public void Add(string key, SourceSpan span, Node value, bool isMerge)
    {
        if (!own.TryAdd(key, span))
        {
            var line = own[key].Line.ToString(CultureInfo.InvariantCulture);
            Report(
                "FT1003",
                $"the key '{key}' stands here a second time; the first is on line {line}",
                span,
                key,
                "keep one of them"
            );
        }
        else if (isMerge)
        {
            Merge(value, span);
        }
        else
        {
            entries.Add((new MappingEntry(key, span, value), false));
        }
    }

    /// <summary>The entries, each key once; merged ones stand where their merge key stood.</summary>
    public IReadOnlyList<MappingEntry> Entries()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. entries
                .Where(e => (!e.Merged || !own.ContainsKey(e.Entry.Key)) && seen.Add(e.Entry.Key))
                .Select(e => e.Entry),
        ];
    }

    private void Merge(Node value, SourceSpan keySpan)
    {
        foreach (var source in value is SequenceNode list ? list.Items : [value])
        {
            if (source is MappingNode mapping)
            {
                entries.AddRange(
                    mapping.Entries.Select(e =>
                        (e with { Value = NodePaths.Rebase(e.Value, NodePaths.Key(path, e.Key)) }, true)
                    )
                );
            }
            else if (source is not ScalarNode { Value: null } || value is not SequenceNode)
            {
                var found = NodeWords.Describe(source);
                Report(
                    "FT1007",
                    $"the merge key '<<' takes an object or a list of objects, not {found}",
                    source.Span.File == keySpan.File ? source.Span : keySpan,
                    "<<",
                    "write '<<: *anchor'"
                );
            }
        }
    }

    private void Report(string code, string message, SourceSpan span, string key, string cure) =>
        diagnostics.Add(new Diagnostic(code, message, span, NodePaths.Key(path, key), cure));
}
