namespace Finetune.Graph.Diagnostics;

/// <summary>Finds the name a user probably meant.</summary>
public static class NearestMatch
{
    /// <summary>
    /// The candidate nearest to what was found, or null where none is near: at most a third of its letters (at least one)
    /// may be wrong, left out, added or swapped. Case and the choice of <c>-</c> or <c>_</c> do not count. Of equally near
    /// ones the first in ordinal order.
    /// </summary>
    public static string? Of(string found, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        var wanted = Fold(found);
        foreach (var candidate in candidates.Order(StringComparer.Ordinal))
        {
            var folded = Fold(candidate);
            var allowed = Math.Max(1, Math.Max(wanted.Length, folded.Length) / 3);
            var distance = EditDistance.Between(wanted, folded);

            // A word that was cut short ("learning") or made longer ("epochs_total") is near though many letters differ.
            if (distance > allowed && wanted.Length >= 3 && folded.StartsWith(wanted, StringComparison.Ordinal))
            {
                distance = allowed;
            }

            if (distance <= allowed && distance < bestDistance && distance < Math.Max(wanted.Length, folded.Length))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>The file or folder nearest in name to a path that does not exist, in the folder it was looked for in;
    /// written as the path was. Null where that folder is missing too or holds nothing near.</summary>
    public static string? OfFile(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path);
            var place = string.IsNullOrEmpty(folder) ? "." : folder;
            if (!Directory.Exists(place))
            {
                return null;
            }

            // Ordinal order: what the file system lists first is not the same everywhere.
            var names = Directory
                .EnumerateFileSystemEntries(place)
                .Select(e => Path.GetFileName(e)!)
                .Order(StringComparer.Ordinal);
            var near = Of(Path.GetFileName(path), names);
            return near is null ? null : Path.Join(folder, near);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string Fold(string name) => name.ToLowerInvariant().Replace('-', '_');
}
