using System.Text.RegularExpressions;

namespace Finetune.Stages.Hub;

/// <summary>A repository of the Hub at a revision, as it is written: <c>hub:org/name@revision</c> for models,
/// <c>hub-dataset:org/name@revision</c> for tables.</summary>
/// <param name="IsDataset">Whether it is a dataset.</param>
/// <param name="Id">The repository, <c>org/name</c> or a bare <c>name</c>.</param>
/// <param name="Revision">A branch, a tag, a commit or a ref such as <c>refs/convert/parquet</c>.</param>
public sealed partial record HubReference(bool IsDataset, string Id, string Revision)
{
    /// <summary>What a model's reference begins with.</summary>
    public const string ModelPrefix = "hub:";

    /// <summary>What a dataset's reference begins with.</summary>
    public const string DatasetPrefix = "hub-dataset:";

    private const string Main = "main";
    private const int LongestId = 96;

    /// <summary>The whole reference, revision included: the name it has in the lock file.</summary>
    public string Name => $"{(IsDataset ? DatasetPrefix : ModelPrefix)}{Id}@{Revision}";

    /// <summary>Whether the revision is a commit, which never moves.</summary>
    public bool IsCommit => CommitPattern().IsMatch(Revision);

    /// <summary>Whether a text is meant as a reference.</summary>
    public static bool IsReference(string text) => IsModel(text) || IsOfDataset(text);

    /// <summary>Whether a text is meant as a model's reference.</summary>
    public static bool IsModel(string text) => text.StartsWith(ModelPrefix, StringComparison.Ordinal);

    /// <summary>Whether a text is meant as a dataset's reference.</summary>
    public static bool IsOfDataset(string text) => text.StartsWith(DatasetPrefix, StringComparison.Ordinal);

    /// <summary>Whether a text is a commit's 40 digits.</summary>
    public static bool IsCommitHash(string? text) => text is not null && CommitPattern().IsMatch(text);

    /// <summary>Reads a reference; null where it is not one.</summary>
    public static HubReference? Parse(string text)
    {
        if (!IsReference(text))
        {
            return null;
        }

        var isDataset = IsOfDataset(text);
        var rest = text[(isDataset ? DatasetPrefix : ModelPrefix).Length..];
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        var id = at < 0 ? rest : rest[..at];
        var revision = at < 0 ? Main : rest[(at + 1)..];
        return IsId(id) && IsRevision(revision) ? new HubReference(isDataset, id, revision) : null;
    }

    // The Hub's own rules; what passes them cannot climb out of the cache either.
    private static bool IsId(string id) =>
        id.Length <= LongestId
        && IdPattern().IsMatch(id)
        && !id.Contains("--", StringComparison.Ordinal)
        && !id.Contains("..", StringComparison.Ordinal);

    private static bool IsRevision(string revision) =>
        RevisionPattern().IsMatch(revision)
        && revision
            .Split('/')
            .All(part => part.Length > 0 && part[0] != '.' && !part.Contains("..", StringComparison.Ordinal));

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._/+-]{1,200}\z")]
    private static partial Regex RevisionPattern();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex CommitPattern();
}
