using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Finetune.Stages.Hub;

/// <summary>Requests to the Hub: redirects followed by hand, so that the token goes to the Hub alone; waiting where the
/// server asks for it, a bounded number of times.</summary>
internal sealed class HubHttp : IDisposable
{
    private const int Retries = 5;
    private const int MostRedirects = 10;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(8);

    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly HubEnvironment _environment;
    private readonly TimeProvider _clock;

    public HubHttp(HubEnvironment environment, TimeProvider clock)
    {
        _environment = environment;
        _clock = clock;
    }

    /// <summary>The server.</summary>
    public Uri Server => _environment.Endpoint;

    /// <summary>How long the server may be silent.</summary>
    public TimeSpan Silence => _environment.Silence;

    /// <summary>Asks for a text.</summary>
    public async Task<string> TextAsync(HubReference reference, Uri url, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var answer = await SendAsync(reference, HttpMethod.Get, url, 0, cancellationToken);
                using var patience = Patience(cancellationToken);
                return await answer.Last.Content.ReadAsStringAsync(patience.Token);
            }
            catch (Exception e) when (IsCut(e, cancellationToken))
            {
                await BackOffAsync(reference, attempt, e, cancellationToken);
            }
        }
    }

    /// <summary>Sends a request until there is an answer that is a success, or an error of ours. Redirects of a HEAD are
    /// followed on the same server only: what leads elsewhere is the answer.</summary>
    /// <param name="reference">Whose file it is.</param>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="url">The address on the Hub.</param>
    /// <param name="from">The first byte wanted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HubAnswer> SendAsync(
        HubReference reference,
        HttpMethod method,
        Uri url,
        long from,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            HubAnswer answer;
            try
            {
                answer = await FollowAsync(reference, method, url, from, cancellationToken);
            }
            catch (Exception e) when (IsCut(e, cancellationToken))
            {
                await BackOffAsync(reference, attempt, e, cancellationToken);
                continue;
            }

            var status = answer.Last.StatusCode;
            var isRedirect = method == HttpMethod.Head && (int)status is >= 300 and < 400;
            if (answer.Last.IsSuccessStatusCode || isRedirect || status == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return answer;
            }

            using (answer)
            {
                var mayPass =
                    status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;
                var wait = Wait(answer.Last, attempt);
                if (!mayPass || attempt > Retries || wait > LongestWait)
                {
                    throw HubErrors.Of(reference, Server, answer.Last, _environment.Token is not null);
                }

                await Task.Delay(wait, _clock, cancellationToken);
            }
        }
    }

    /// <summary>Waits after a connection was cut; longer each time, and not for ever.</summary>
    /// <exception cref="Graph.Diagnostics.PipelineException">It was cut too often.</exception>
    public async Task BackOffAsync(
        HubReference reference,
        int attempt,
        Exception cut,
        CancellationToken cancellationToken
    )
    {
        if (attempt > Retries)
        {
            var cause = cut is OperationCanceledException ? "it is silent" : cut.Message.ReplaceLineEndings(" ");
            throw HubErrors.NotReached(reference, Server, cause);
        }

        await Task.Delay(Backoff(attempt), _clock, cancellationToken);
    }

    /// <summary>Whether the connection is at fault, not the answer, nor somebody who wants to stop.</summary>
    public static bool IsCut(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or HttpIOException or IOException { InnerException: SocketException }
        || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested;

    /// <summary>A token that ends a wait for a silent server.</summary>
    public CancellationTokenSource Patience(CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Silence);
        return patience;
    }

    public void Dispose() => _client.Dispose();

    private async Task<HubAnswer> FollowAsync(
        HubReference reference,
        HttpMethod method,
        Uri url,
        long from,
        CancellationToken cancellationToken
    )
    {
        var before = new List<HttpResponseMessage>();
        for (var at = url; before.Count <= MostRedirects; )
        {
            using var request = Request(method, at, from);
            using var patience = Patience(cancellationToken);
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
            {
                return new HubAnswer(response, before);
            }

            var next = new Uri(at, location);
            if (method == HttpMethod.Head && !IsSame(next, at))
            {
                return new HubAnswer(response, before);
            }

            before.Add(response);
            if (next.Scheme is not ("http" or "https") || at.Scheme == "https" && next.Scheme == "http")
            {
                throw HubErrors.Error(HubErrors.Answer, $"{reference.Name}: {at.Authority} leads to an unsafe address");
            }

            at = next;
        }

        throw HubErrors.Error(HubErrors.Answer, $"{reference.Name}: {Server.Authority} leads in circles");
    }

    private HttpRequestMessage Request(HttpMethod method, Uri url, long from)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("dotnet-finetune", "0.1"));

        // Compressed bytes have another length, and no place to go on from.
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (_environment.Token is { } token && IsSame(url, Server))
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        return request;
    }

    private static bool IsSame(Uri a, Uri b) => a.Scheme == b.Scheme && a.Host == b.Host && a.Port == b.Port;

    private TimeSpan Wait(HttpResponseMessage response, int attempt) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.GetUtcNow() is { Ticks: > 0 } rest ? rest : TimeSpan.Zero,
            _ => WindowEnd(response) ?? Backoff(attempt),
        };

    // "api";r=0;t=55: in 55 seconds the Hub counts from 0 again.
    private static TimeSpan? WindowEnd(HttpResponseMessage response)
    {
        var field = HubErrors
            .Header(response, "ratelimit")
            ?.Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(f => f.StartsWith("t=", StringComparison.Ordinal));
        return int.TryParse(field?[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    private static TimeSpan Backoff(int attempt)
    {
        var wait = TimeSpan.FromSeconds(1 << Math.Min(attempt - 1, 8));
        return wait < LongestBackoff ? wait : LongestBackoff;
    }
}
