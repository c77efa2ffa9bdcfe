using System.Globalization;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>How messages speak of what stands in a document.</summary>
internal static class Words
{
    /// <summary>What stands there, e.g. <c>the text 'abc'</c>, <c>the number 3</c>, <c>a list</c>.</summary>
    public static string Describe(Node node) =>
        node switch
        {
            SequenceNode => "a list",
            MappingNode => "an object",
            ScalarNode { Value: null } => "nothing",
            ScalarNode { Value: bool } scalar => scalar.Text,
            ScalarNode { Value: string } scalar => $"the text '{Shorten(scalar.Text)}'",
            ScalarNode scalar => $"the number {scalar.Text}",
            _ => "something else",
        };

    /// <summary><c>a, b or c</c>.</summary>
    public static string Or(IEnumerable<string> words)
    {
        var list = words.ToList();
        return list.Count < 2 ? string.Concat(list) : $"{string.Join(", ", list[..^1])} or {list[^1]}";
    }

    /// <summary>The nearest name as a question, else the names there are.</summary>
    public static string Suggest(string found, IReadOnlyCollection<string> names, string heading)
    {
        const int most = 24;
        var shown = string.Join(", ", names.Take(most)) + (names.Count > most ? ", ..." : "");
        return NearestMatch.Of(found, names) is { } nearest ? $"did you mean '{nearest}'?"
            : names.Count == 0 ? $"{heading}: none"
            : $"{heading}: {shown}";
    }

    /// <summary>A number as people write it.</summary>
    public static string Of(double number) =>
        Math.Abs(number) is >= 1e-4 and < 1e15 or 0
            ? number.ToString("0.############", CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 40 ? $"{line[..37]}..." : line;
    }
}
