using System.Globalization;

namespace Finetune.Stages.Hub;

/// <summary>An answer and the redirects that led to it.</summary>
/// <param name="Last">The answer.</param>
/// <param name="Before">The redirects.</param>
internal sealed record HubAnswer(HttpResponseMessage Last, IReadOnlyList<HttpResponseMessage> Before) : IDisposable
{
    /// <summary>The commit that the file is of.</summary>
    public string? Commit => Header("X-Repo-Commit");

    /// <summary>The file's hash: of large storage the linked one, which the redirect to it names.</summary>
    public string? Hash => Bare(Header("X-Linked-Etag")) ?? Bare(Last.Headers.ETag?.Tag ?? Header("ETag"));

    /// <summary>The file's size in bytes.</summary>
    public long? Size =>
        long.TryParse(Header("X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size
        : (int)Last.StatusCode is >= 300 and < 400 ? null
        : Last.Content.Headers.ContentLength;

    public void Dispose()
    {
        Last.Dispose();
        foreach (var response in Before)
        {
            response.Dispose();
        }
    }

    private string? Header(string name) =>
        HubErrors.Header(Last, name) ?? Before.Select(r => HubErrors.Header(r, name)).LastOrDefault(v => v is not null);

    private static string? Bare(string? etag) =>
        etag is null ? null : (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');
}
