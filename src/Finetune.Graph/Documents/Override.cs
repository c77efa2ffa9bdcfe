using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Documents;

/// <summary>One <c>--set a.b=value</c>: a path into the document and a YAML value to put there.</summary>
internal sealed class Override
{
    private readonly IReadOnlyList<PathSegment> segments;
    private readonly Node value;
    private readonly int line;

    private Override(IReadOnlyList<PathSegment> segments, Node value, int line)
    {
        this.segments = segments;
        this.value = value;
        this.line = line;
    }

    /// <summary>Reads an override; null with a diagnostic where it makes no sense.</summary>
    /// <param name="text">As given.</param>
    /// <param name="line">Its number among the overrides, from 1.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    public static Override? Parse(string text, int line, List<Diagnostic> diagnostics)
    {
        var equals = PathSegment.EndOfPath(text);
        var segments = equals < 0 ? null : PathSegment.Split(text[..equals]);
        if (segments is null)
        {
            diagnostics.Add(
                new Diagnostic(
                    "FT1020",
                    equals < 0 ? $"'{text}' holds no '='" : $"'{text[..equals]}' is no key path",
                    new SourceSpan(OverrideText.FileName, line, 1, Math.Max(1, equals < 0 ? text.Length : equals)),
                    Cure: "write it as --set a.b=value, e.g. --set training[0].epochs=5"
                )
            );
            return null;
        }

        var before = diagnostics.Count;
        var place = new TextPlace(OverrideText.FileName, line, equals + 2);
        var value = new YamlComposer(text[(equals + 1)..], place, diagnostics).ComposeDocument();
        if (diagnostics.Count > before)
        {
            // Shells eat quotes; the cure of plain YAML would mislead.
            for (var i = before; i < diagnostics.Count; i++)
            {
                diagnostics[i] = diagnostics[i] with
                {
                    Cure = "quote the value for YAML inside the shell's quotes, e.g. --set 'a.b=\"text: more\"'",
                };
            }

            return null;
        }

        var span = new SourceSpan(OverrideText.FileName, line, equals + 2);
        return new Override(segments, value ?? new ScalarNode("", true, span, ""), line);
    }

    /// <summary>The document with the value set; unchanged, with a diagnostic, where the path leads nowhere.</summary>
    public MappingNode ApplyTo(MappingNode root, List<Diagnostic> diagnostics)
    {
        try
        {
            return (MappingNode)Set(root, 0);
        }
        catch (PipelineException e)
        {
            diagnostics.AddRange(e.Diagnostics);
            return root;
        }
    }

    private Node Set(Node node, int depth)
    {
        if (depth == segments.Count)
        {
            return NodePaths.Rebase(value, node.Path);
        }

        var segment = segments[depth];
        return node switch
        {
            MappingNode mapping => SetKey(mapping, segment, depth),
            SequenceNode list => SetItem(list, segment, depth),
            // A section that stands empty in the document is as good as one that is missing.
            ScalarNode { Value: null } => SetKey(new MappingNode([], node.Span, node.Path), segment, depth),
            _ => throw Wrong($"'{node.Path}' is {NodeWords.Describe(node)} and has no '{segment.Text}'", segment, null),
        };
    }

    private MappingNode SetKey(MappingNode mapping, PathSegment segment, int depth)
    {
        var path = NodePaths.Key(mapping.Path, segment.Text);
        var place = new SourceSpan(OverrideText.FileName, line, segment.Column, segment.Length);
        var old = mapping.Find(segment.Text);
        var changed = Set(old?.Value ?? new ScalarNode("", true, place, path), depth + 1);
        var entry = new MappingEntry(segment.Text, old?.KeySpan ?? place, changed);
        return mapping with
        {
            Entries = old is null
                ? [.. mapping.Entries, entry]
                : [.. mapping.Entries.Select(e => ReferenceEquals(e, old) ? entry : e)],
        };
    }

    private SequenceNode SetItem(SequenceNode list, PathSegment segment, int depth)
    {
        var names = list.Items.Select(ListItems.NameOf).ToList();
        var index = names.IndexOf(segment.Text);
        if (index < 0 && (!segment.TryIndex(out index) || index >= list.Items.Count))
        {
            var known = names.OfType<string>().ToList();
            var near = NearestMatch.Of(segment.Text, known);
            throw Wrong(
                $"'{list.Path}' has no item '{segment.Text}'; it has {ListItems.Describe(list, known)}",
                segment,
                near is null ? null : $"did you mean '{near}'?"
            );
        }

        var changed = Set(list.Items[index], depth + 1);
        return list with { Items = [.. list.Items.Select((n, i) => i == index ? changed : n)] };
    }

    private PipelineException Wrong(string message, PathSegment segment, string? cure)
    {
        var place = new SourceSpan(OverrideText.FileName, line, segment.Column, segment.Length);
        var path = string.Join('.', segments.Select(s => s.Text));
        return new(
            new Diagnostic(
                "FT1021",
                message,
                place,
                path,
                cure ?? "set a key of the document, or write it there first"
            ),
            ExitCode.InvalidPipeline
        );
    }
}
