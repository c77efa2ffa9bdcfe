using System.Text.Json;

namespace Finetune.Stages.Hub;

/// <summary>A repository at a commit.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Names">Its files, ordinal order.</param>
internal sealed record HubListing(string Commit, IReadOnlyList<string> Names);

/// <summary>What the Hub says of repositories and files.</summary>
internal sealed class HubApi(HubHttp http)
{
    /// <summary>Which commit a revision is, and what files it has.</summary>
    /// <param name="reference">The repository.</param>
    /// <param name="commit">The commit, where it is known; else the reference's revision is looked up.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HubListing> ListAsync(HubReference reference, string? commit, CancellationToken cancellationToken)
    {
        var kind = reference.IsDataset ? "datasets" : "models";
        var revision = Uri.EscapeDataString(commit ?? reference.Revision);
        var text = await http.TextAsync(
            reference,
            new Uri(http.Server, $"api/{kind}/{reference.Id}/revision/{revision}"),
            cancellationToken
        );
        var listing = Read(text) ?? throw Strange(reference, "no list of its files");
        var unsafeName = listing.Names.FirstOrDefault(n => !HubFile.IsSafe(n));
        if (unsafeName is not null)
        {
            throw Strange(reference, $"a file name that does not stay in its folder: '{Shown(unsafeName)}'");
        }

        return commit is null || listing.Commit == commit
            ? listing
            : throw Strange(reference, $"commit {listing.Commit} where {commit} was asked for");
    }

    /// <summary>A file's hash and size.</summary>
    public async Task<HubFile> FileAsync(
        HubReference reference,
        string commit,
        string path,
        CancellationToken cancellationToken
    )
    {
        using var answer = await http.SendAsync(
            reference,
            HttpMethod.Head,
            Address(reference, commit, path),
            0,
            cancellationToken
        );
        if (answer.Commit is { } found && found != commit)
        {
            throw Strange(reference, $"'{path}' of commit {Shown(found)} where {commit} was asked for");
        }

        return answer is { Hash: { } hash, Size: { } size } && HubFile.IsHash(hash)
            ? new HubFile(path, hash, size)
            : throw Strange(reference, $"neither a hash nor a size for '{path}' that it could be checked by");
    }

    /// <summary>Where a file is to be had.</summary>
    public Uri Address(HubReference reference, string commit, string path) =>
        new(
            http.Server,
            $"{(reference.IsDataset ? "datasets/" : "")}{reference.Id}/resolve/{commit}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}"
        );

    private Graph.Diagnostics.PipelineException Strange(HubReference reference, string what) =>
        HubErrors.Error(
            HubErrors.Answer,
            $"{reference.Name}: {http.Server.Authority} answers {what}",
            "check HF_ENDPOINT and proxies: this does not look like a Hub"
        );

    private static string Shown(string text) => new([.. text.Where(c => !char.IsControl(c)).Take(80)]);

    private static HubListing? Read(string text)
    {
        try
        {
            using var answer = JsonDocument.Parse(text);
            var commit = answer.RootElement.GetProperty("sha").GetString();
            var names = answer
                .RootElement.GetProperty("siblings")
                .EnumerateArray()
                .Select(s => s.GetProperty("rfilename").GetString()!)
                .Order(StringComparer.Ordinal)
                .ToList();
            return HubReference.IsCommitHash(commit) && !names.Contains(null!) ? new HubListing(commit!, names) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
