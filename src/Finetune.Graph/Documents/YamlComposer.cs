using Finetune.Graph.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Finetune.Graph.Documents;

/// <summary>
/// Builds nodes from YAML parse events. Works on events rather than on YamlDotNet's representation model because that
/// model loses places of merged keys and reports duplicate keys one at a time.
/// </summary>
internal sealed class YamlComposer(string text, TextPlace place, List<Diagnostic> diagnostics)
{
    // A document of a few KB can name 10^9 nodes through nested aliases; no honest pipeline comes near these limits.
    private const int MaxNodes = 100_000;
    private const int MaxDepth = 64;

    private readonly Dictionary<string, Node?> anchors = new(StringComparer.Ordinal);
    private readonly Parser parser = new(new StringReader(text));
    private Mark last = Mark.Empty;
    private int nodes;

    /// <summary>The document's root, or null where it has none or its YAML is broken (then diagnostics say so).</summary>
    public Node? ComposeDocument()
    {
        try
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
            {
                return null;
            }

            parser.Consume<DocumentStart>();
            var root = Compose("", 0);
            parser.Consume<DocumentEnd>();
            if (parser.Current is null)
            {
                parser.MoveNext();
            }

            if (parser.Current is DocumentStart second)
            {
                Report("FT1010", "a second document starts here", place.At(second.Start), "keep one pipeline a file");
            }

            return root;
        }
        catch (YamlException e)
        {
            // The parser fails at a token, the scanner in the middle of one: where it stopped is the end.
            var at = e.Message.StartsWith("While parsing", StringComparison.Ordinal) ? e.Start : e.End;
            // For a tab in the indentation the scanner names the start of the key above.
            at = at.Index < last.Index ? AfterLast() : at;
            Report("FT1002", $"broken YAML: {Sentence(e.Message)}", place.At(at), YamlCures.For(e.Message));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 18.1 fails so, without a place, at a multi-line plain scalar before ':' inside brackets.
            Report(
                "FT1002",
                "broken YAML: a bracket is not closed before this line",
                place.At(AfterLast()),
                YamlCures.For("flow")
            );
        }
        catch (LimitException e)
        {
            Report("FT1006", e.Message, place.At(e.Mark), "write the values out, or use fewer aliases");
        }

        return null;
    }

    private Node Compose(string path, int depth)
    {
        // Consuming reads ahead, and may fail on what comes next: remember this event first.
        last = parser.Current?.End ?? last;
        var any = parser.Consume<ParsingEvent>();
        if (depth > MaxDepth)
        {
            throw new LimitException($"values are nested deeper than {MaxDepth} levels", any.Start);
        }

        Count(1, any.Start);
        if (any is AnchorAlias alias)
        {
            return Resolve(alias, path);
        }

        var next = (NodeEvent)any;
        if (!next.Anchor.IsEmpty)
        {
            anchors[next.Anchor.Value] = null;
        }

        CheckTag(next, path);
        Node node = next switch
        {
            MappingStart start => ComposeMapping(start, path, depth),
            SequenceStart start => ComposeSequence(start, path, depth),
            _ => ComposeScalar((Scalar)next, path),
        };
        if (!next.Anchor.IsEmpty)
        {
            anchors[next.Anchor.Value] = node;
        }

        return node;
    }

    private ScalarNode ComposeScalar(Scalar scalar, string path)
    {
        var asString = !scalar.Tag.IsEmpty && scalar.Tag.Value == YamlTags.String;
        return new ScalarNode(
            scalar.Value,
            scalar.Style == ScalarStyle.Plain && !asString,
            place.Span(scalar.Start, scalar.End, text),
            path
        );
    }

    private SequenceNode ComposeSequence(SequenceStart start, string path, int depth)
    {
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Compose(NodePaths.Item(path, items.Count), depth + 1));
        }

        return new SequenceNode(items, place.At(start.Start), path);
    }

    private MappingNode ComposeMapping(MappingStart start, string path, int depth)
    {
        var builder = new MappingBuilder(path, diagnostics);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var keyMark = parser.Current?.Start ?? start.Start;
            if (parser.Current is not (Scalar or AnchorAlias))
            {
                Report("FT1009", "a key is a list or an object", place.At(keyMark), "write keys as plain words", path);
            }

            var isPlain = parser.Current is Scalar { Style: ScalarStyle.Plain };
            var key = Compose(path, depth + 1);
            var keySpan = key is ScalarNode ? key.Span : place.At(keyMark);
            var keyText = (key as ScalarNode)?.Text ?? "";
            var value = Compose(NodePaths.Key(path, keyText), depth + 1);
            var isMerge = isPlain && keyText == "<<";
            if (isMerge)
            {
                Count(NodePaths.Count(value), keyMark);
            }

            if (key is ScalarNode)
            {
                builder.Add(keyText, keySpan, value, isMerge);
            }
        }

        return new MappingNode(builder.Entries(), place.At(start.Start), path);
    }

    private Node Resolve(AnchorAlias alias, string path)
    {
        var name = alias.Value.Value;
        if (anchors.TryGetValue(name, out var node) && node is not null)
        {
            Count(NodePaths.Count(node), alias.Start);
            return NodePaths.Rebase(node, path);
        }

        var near = NearestMatch.Of(name, anchors.Where(a => a.Value is not null).Select(a => a.Key));
        var span = place.Span(alias.Start, alias.End, text);
        if (anchors.ContainsKey(name))
        {
            Report("FT1004", $"the alias '*{name}' stands inside the value it names", span, "name another value", path);
        }
        else
        {
            var cure = near is null ? $"put '&{name}' before the value it names" : $"did you mean '*{near}'?";
            Report("FT1004", $"no anchor '&{name}' stands above this alias", span, cure, path);
        }

        return new ScalarNode("", true, span, path);
    }

    private void CheckTag(NodeEvent node, string path)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !YamlTags.Known.Contains(node.Tag.Value))
        {
            var span = place.At(node.Start, Math.Max(1, node.Tag.Value.Length));
            Report("FT1008", $"unknown tag '{node.Tag.Value}'", span, "remove it; values need no tags", path);
        }
    }

    private Mark AfterLast()
    {
        var line = text.IndexOf('\n', (int)Math.Min(last.Index, text.Length)) + 1;
        return line == 0 ? last : new Mark(line, last.Line + 1, 1);
    }

    private void Count(int more, Mark mark)
    {
        nodes += more;
        if (nodes > MaxNodes)
        {
            throw new LimitException($"the document unfolds to more than {MaxNodes} values", mark);
        }
    }

    private void Report(string code, string message, SourceSpan span, string? cure, string? path = null) =>
        diagnostics.Add(new Diagnostic(code, message, span, string.IsNullOrEmpty(path) ? null : path, cure));

    private static string Sentence(string message)
    {
        var trimmed = message.Trim().TrimEnd('.');
        return trimmed.Length == 0 ? trimmed : char.ToLowerInvariant(trimmed[0]) + trimmed[1..];
    }

    private sealed class LimitException(string message, Mark mark) : Exception(message)
    {
        public Mark Mark { get; } = mark;
    }
}
