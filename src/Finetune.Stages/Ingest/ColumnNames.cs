using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Ingest;

/// <summary>Renames columns: listed ones get our name, the others keep theirs.</summary>
internal sealed class ColumnNames
{
    private readonly Dictionary<string, List<string>> _oursOf = new(StringComparer.Ordinal);

    /// <summary>Our name to theirs.</summary>
    public ColumnNames(IReadOnlyDictionary<string, string> columns)
    {
        foreach (var (ours, theirs) in columns.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            if (!_oursOf.TryGetValue(theirs, out var names))
            {
                _oursOf.Add(theirs, names = []);
            }

            names.Add(ours);
        }
    }

    /// <summary>Their names that are listed.</summary>
    public IReadOnlyCollection<string> Listed => _oursOf.Keys;

    /// <summary>The names under which that column is kept; several where it is listed several times.</summary>
    public IReadOnlyList<string> Of(string theirs) => _oursOf.TryGetValue(theirs, out var ours) ? ours : [theirs];

    /// <summary>The listed columns that a table of those columns lacks.</summary>
    public IEnumerable<Diagnostic> Missing(SourceFile file, IReadOnlyCollection<string> theirs, long line)
    {
        foreach (var listed in Listed.Where(l => !theirs.Contains(l, StringComparer.Ordinal)))
        {
            yield return file.Error(
                IngestCodes.UnknownColumn,
                $"there is no column '{listed}', which 'columns' names '{Of(listed)[0]}'; there is {Quoted(theirs)}",
                "correct the right side in 'columns' (ours: theirs)",
                line
            );
        }
    }

    /// <summary>Columns that would get the same name.</summary>
    public IEnumerable<Diagnostic> Collisions(
        SourceFile file,
        IReadOnlyList<string> theirs,
        long line,
        long? row = null
    )
    {
        foreach (
            var kept in theirs
                .SelectMany(t => Of(t).Select(o => (Ours: o, Theirs: t)))
                .GroupBy(n => n.Ours, StringComparer.Ordinal)
        )
        {
            if (kept.Count() > 1)
            {
                yield return file.Error(
                    IngestCodes.ColumnCollision,
                    $"the columns {Quoted(kept.Select(k => k.Theirs))} would both be called '{kept.Key}'",
                    "give one of them another name in 'columns' (ours: theirs)",
                    line,
                    row: row
                );
            }
        }
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));
}
