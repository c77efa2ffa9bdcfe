using System.Globalization;
using Finetune.Graph.Caching;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Rows of a split by what is in them; the second of two equal rows is another.</summary>
internal sealed class RowNames
{
    private readonly Dictionary<long, string> _names = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>How many rows.</summary>
    public int Count => _names.Count;

    /// <summary>Reads the rows of a split.</summary>
    public static RowNames Of(string path)
    {
        var names = new RowNames();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in RowFile.Read(path))
        {
            var content = CanonicalJson.Write(row.Values);
            var times = seen[content] = seen.GetValueOrDefault(content) + 1;
            var name = string.Create(CultureInfo.InvariantCulture, $"{content}#{times}");
            names._names[row.Number] = name;
            names._known.Add(name);
        }

        return names;
    }

    /// <summary>The name of a row of this split.</summary>
    public string Of(long row) => _names.GetValueOrDefault(row, "");

    /// <summary>How many rows are also there.</summary>
    public int Shared(RowNames other) => _known.Count(other._known.Contains);
}
