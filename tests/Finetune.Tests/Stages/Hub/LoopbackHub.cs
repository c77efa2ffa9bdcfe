using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Finetune.Tests.Stages.Hub;

/// <summary>A request that came.</summary>
internal sealed record HubRequest(string Method, string Path, string? Range, string? Authorization, bool OnContentHost);

/// <summary>A repository that the server has: revisions, and files by commit.</summary>
internal sealed class HubRepository
{
    public Dictionary<string, string> Revisions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Dictionary<string, byte[]>> Commits { get; } = new(StringComparer.Ordinal);

    public bool Gated { get; set; }

    public string? Token { get; set; }
}

/// <summary>A server on loopback that speaks the Hub's API, with a second port that large files are redirected to. It is made
/// of sockets, so that it can cut a connection in the middle of a byte stream.</summary>
internal sealed class LoopbackHub : IDisposable
{
    private readonly TcpListener _hub = new(IPAddress.Loopback, 0);
    private readonly TcpListener _content = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, HubRepository> _repositories = new(StringComparer.Ordinal);

    public LoopbackHub()
    {
        _hub.Start();
        _content.Start();
        _ = ListenAsync(_hub, onContentHost: false);
        _ = ListenAsync(_content, onContentHost: true);
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_hub.LocalEndpoint).Port}";

    public ConcurrentQueue<HubRequest> Requests { get; } = new();

    /// <summary>Answers given before any other: status and headers.</summary>
    public ConcurrentQueue<(int Status, string Headers)> First { get; } = new();

    /// <summary>Repositories that have another name now; their old one leads there.</summary>
    public ConcurrentDictionary<string, string> Renamed { get; } = new(StringComparer.Ordinal);

    /// <summary>After how many bytes the next bodies of large files are cut.</summary>
    public ConcurrentQueue<int> Cuts { get; } = new();

    /// <summary>After how many bytes a body of a large file stops without an end; null for never.</summary>
    public int? StallAfter { get; set; }

    public bool IgnoresRanges { get; set; }

    /// <summary>Bytes sent in place of a large file's own.</summary>
    public bool SendsOtherBytes { get; set; }

    /// <summary>Requests for bodies of files.</summary>
    public IEnumerable<HubRequest> Bodies =>
        Requests.Where(r => r.Method == "GET" && !r.Path.StartsWith("/api/", StringComparison.Ordinal));

    /// <summary>Adds a commit, and a revision that leads to it.</summary>
    public HubRepository Add(string id, string revision, char commitDigit, params (string Name, byte[] Bytes)[] files)
    {
        if (!_repositories.TryGetValue(id, out var repository))
        {
            _repositories[id] = repository = new HubRepository();
        }

        var commit = new string(commitDigit, 40);
        repository.Revisions[revision] = commit;
        repository.Commits[commit] = files.ToDictionary(f => f.Name, f => f.Bytes, StringComparer.Ordinal);
        return repository;
    }

    /// <summary>What the Hub calls a file's bytes.</summary>
    public static string HashOf(string name, byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(IsLarge(name) ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        hash.AppendData(IsLarge(name) ? [] : Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>From now on nobody answers.</summary>
    public void Stop()
    {
        _hub.Stop();
        _content.Stop();
    }

    public void Dispose()
    {
        Stop();
        _stop.Cancel();
        _stop.Dispose();
    }

    private static bool IsLarge(string name) => Path.GetExtension(name) is ".safetensors" or ".parquet";

    private async Task ListenAsync(TcpListener listener, bool onContentHost)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => AnswerAsync(client, onContentHost));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client, bool onContentHost)
    {
        try
        {
            using (client)
            {
                await using var stream = client.GetStream();
                if (await ReadAsync(stream, onContentHost) is { } request)
                {
                    Requests.Enqueue(request);
                    await AnswerAsync(stream, client, request);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client went away.
        }
    }

    private static async Task<HubRequest?> ReadAsync(NetworkStream stream, bool onContentHost)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string? Header(string name) =>
            lines
                .FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
                ?[(name.Length + 1)..].Trim();
        var first = lines[0].Split(' ');
        return new(first[0], first[1], Header("Range"), Header("Authorization"), onContentHost);
    }

    private async Task AnswerAsync(NetworkStream stream, TcpClient client, HubRequest request)
    {
        if (First.TryDequeue(out var first))
        {
            await HeadAsync(stream, first.Status, first.Headers + "Content-Length: 0\r\n");
        }
        else if (request.OnContentHost)
        {
            var hash = request.Path.Split('/')[^1];
            var (name, bytes) = _repositories
                .Values.SelectMany(r => r.Commits.Values)
                .SelectMany(c => c)
                .Select(f => (f.Key, f.Value))
                .First(f => IsLarge(f.Key) && HashOf(f.Key, f.Value) == hash);
            await BodyAsync(stream, client, request, SendsOtherBytes ? new byte[bytes.Length] : bytes, name);
        }
        else
        {
            await RouteAsync(stream, client, request);
        }
    }

    private async Task RouteAsync(NetworkStream stream, TcpClient client, HubRequest request)
    {
        var path = request.Path.Split('?')[0].TrimStart('/');
        var isApi = path.StartsWith("api/", StringComparison.Ordinal);
        var mark = isApi ? "/revision/" : "/resolve/";
        var at = path.IndexOf(mark, StringComparison.Ordinal);
        var id = at < 0 ? "" : path[(isApi ? 4 : 0)..at];
        id = id.StartsWith("models/", StringComparison.Ordinal) ? id["models/".Length..] : id;
        if (Renamed.TryGetValue(id, out var now))
        {
            var there = request.Path.Replace(id, now, StringComparison.Ordinal);
            await HeadAsync(stream, 307, $"Location: {there}\r\nContent-Length: 0\r\n");
            return;
        }

        if (!_repositories.TryGetValue(id, out var repository))
        {
            await HeadAsync(stream, 401, "X-Error-Code: RepoNotFound\r\nContent-Length: 0\r\n");
            return;
        }

        if (repository.Token is { } token && request.Authorization != $"Bearer {token}")
        {
            var code = repository.Gated ? "X-Error-Code: GatedRepo\r\n" : "";
            await HeadAsync(stream, repository.Gated ? 403 : 401, code + "Content-Length: 0\r\n");
            return;
        }

        var rest = path[(at + mark.Length)..].Split('/', 2);
        var revision = Uri.UnescapeDataString(rest[0]);
        var commit = repository.Commits.ContainsKey(revision)
            ? revision
            : repository.Revisions.GetValueOrDefault(revision);
        if (commit is null)
        {
            await HeadAsync(stream, 404, "X-Error-Code: RevisionNotFound\r\nContent-Length: 0\r\n");
            return;
        }

        var files = repository.Commits[commit];
        if (isApi)
        {
            var siblings = files.Keys.Select(n => (JsonNode)new JsonObject { ["rfilename"] = n });
            var info = new JsonObject { ["sha"] = commit, ["siblings"] = new JsonArray([.. siblings]) };
            await BodyAsync(stream, client, request, Encoding.UTF8.GetBytes(info.ToJsonString()), "info.json");
            return;
        }

        var name = Uri.UnescapeDataString(rest[1]);
        if (!files.TryGetValue(name, out var bytes))
        {
            await HeadAsync(stream, 404, "X-Error-Code: EntryNotFound\r\nContent-Length: 0\r\n");
            return;
        }

        var hash = HashOf(name, bytes);
        if (IsLarge(name))
        {
            var port = ((IPEndPoint)_content.LocalEndpoint).Port;
            await HeadAsync(
                stream,
                302,
                $"X-Repo-Commit: {commit}\r\nX-Linked-Etag: \"{hash}\"\r\nX-Linked-Size: {bytes.Length}\r\n"
                    + $"Location: http://127.0.0.1:{port}/content/{hash}\r\nContent-Length: 0\r\n"
            );
        }
        else
        {
            await BodyAsync(stream, client, request, bytes, name, $"X-Repo-Commit: {commit}\r\nETag: \"{hash}\"\r\n");
        }
    }

    private async Task BodyAsync(
        NetworkStream stream,
        TcpClient client,
        HubRequest request,
        byte[] bytes,
        string name,
        string headers = ""
    )
    {
        var from =
            request.Range is { } range && !IgnoresRanges
                ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
                : 0;
        var part = from > 0 ? $"Content-Range: bytes {from}-{bytes.Length - 1}/{bytes.Length}\r\n" : "";
        await HeadAsync(stream, from > 0 ? 206 : 200, $"{headers}{part}Content-Length: {bytes.Length - from}\r\n");
        if (request.Method == "HEAD")
        {
            return;
        }

        var count = bytes.Length - from;
        if (IsLarge(name) && Cuts.TryDequeue(out var cut))
        {
            await stream.WriteAsync(bytes.AsMemory(from, Math.Min(cut, count)));
            await stream.FlushAsync();
            await Task.Delay(50);
            client.Client.LingerState = new LingerOption(true, 0);
            return;
        }

        if (IsLarge(name) && StallAfter is { } stall && stall < count)
        {
            await stream.WriteAsync(bytes.AsMemory(from, stall));
            await stream.FlushAsync();
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        await stream.WriteAsync(bytes.AsMemory(from, count));
    }

    private static async Task HeadAsync(NetworkStream stream, int status, string headers) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\n{headers}Connection: close\r\n\r\n"));
}
