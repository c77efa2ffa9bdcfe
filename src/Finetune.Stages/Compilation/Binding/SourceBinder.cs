using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads a source.</summary>
internal static class SourceBinder
{
    private static readonly string[] LaterFormats = ["json", "text", "sqlite", "sql"];

    /// <summary>The source; without paths after a fault.</summary>
    public static SourceSection Bind(ObjectReader reader) =>
        new()
        {
            Path = Paths(reader.Need("path")),
            Files = reader.Texts("files"),
            Config = reader.Text("config"),
            Split = reader.Text("split"),
            Format = Format(reader.Find("format")),
            Columns = Columns(reader.Object("columns")),
        };

    private static IReadOnlyList<string> Paths(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                return [];
            case SequenceNode:
                return value.Texts() ?? [];
            case ScalarNode { Value: string }:
                return value.Text() is { } path ? [path] : [];
            default:
                value.WrongShape("a path", "a glob", "a list of them");
                return [];
        }
    }

    private static string? Format(ValueReader? value)
    {
        if (value?.Node is ScalarNode { Value: string word } && LaterFormats.Contains(word, StringComparer.Ordinal))
        {
            value.Findings.Add(
                Codes.NotAvailable,
                value.Node.Span,
                value.Path,
                $"the format '{word}' is not in yet",
                "csv, tsv, jsonl and parquet are"
            );
            return null;
        }

        return value?.Word("csv", "tsv", "jsonl", "parquet");
    }

    private static OrderedDictionary<string, string> Columns(ObjectReader? reader)
    {
        var columns = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, value) in reader?.Entries() ?? [])
        {
            if (value.Text() is { } theirs)
            {
                columns[name] = theirs;
            }
        }

        return columns;
    }
}
