using System.Globalization;
using System.Net;
using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Hub;

/// <summary>What can go wrong with the Hub, each with its cure.</summary>
internal static class HubErrors
{
    public const string NotFound = "FT7201";
    public const string NoRevision = "FT7202";
    public const string Gated = "FT7203";
    public const string Token = "FT7204";
    public const string Busy = "FT7205";
    public const string Unreachable = "FT7206";
    public const string WrongBytes = "FT7207";
    public const string NoSpace = "FT7208";
    public const string Pickled = "FT7209";
    public const string Lacking = "FT7210";
    public const string Answer = "FT7211";
    public const string Offline = "FT7212";
    public const string LockFile = "FT7213";
    public const string Cache = "FT7214";
    public const string Endpoint = "FT7215";

    private const string Kept = "what was downloaded is kept, the next run goes on from there";

    /// <summary>An error that ends the step.</summary>
    public static PipelineException Error(string code, string message, string? cure = null) =>
        new(new Diagnostic(code, message, Cure: cure), ExitCode.StepFailed);

    /// <summary>An error of the surroundings.</summary>
    public static PipelineException Surroundings(string code, string message, string? cure = null) =>
        new(new Diagnostic(code, message, Cure: cure), ExitCode.Environment);

    public static PipelineException BadEndpoint(string written) =>
        Surroundings(Endpoint, $"HF_ENDPOINT is '{written}', no http or https address", "unset it, or mend it");

    public static PipelineException NotReached(HubReference reference, Uri server, string problem) =>
        Surroundings(
            Unreachable,
            $"{reference.Name}: {server.Authority} cannot be reached: {problem}",
            $"check the network, HF_ENDPOINT and proxies; {Kept}; --offline takes what is in the cache"
        );

    public static PipelineException NotHere(HubReference reference) =>
        Surroundings(
            Offline,
            $"{reference.Name} is not whole in the cache, and the network is not to be reached",
            "run 'dotnet finetune fetch' where there is a network, without --offline and HF_HUB_OFFLINE"
        );

    public static PipelineException Full(HubReference reference, long needed, long free, string folder) =>
        Surroundings(
            NoSpace,
            $"{reference.Name}: {Size(needed)} are still to be downloaded, '{folder}' has {Size(free)} free",
            "make room, or let HF_HOME name another disk"
        );

    public static PipelineException Unwritable(string folder, string problem) =>
        Surroundings(Cache, $"the cache '{folder}' cannot be written: {problem}", "let HF_HOME name another folder");

    public static PipelineException Damaged(HubReference reference, string file, string found, string wanted) =>
        Error(
            WrongBytes,
            $"{reference.Name}: '{file}' is not what the Hub promised: its hash is {found}, {wanted} was wanted; it is deleted",
            "fetch again; if it happens again, something between here and the Hub changes bytes"
        );

    /// <summary>For an answer that is no success.</summary>
    public static PipelineException Of(HubReference reference, Uri server, HttpResponseMessage response, bool hasToken)
    {
        var status = (int)response.StatusCode;
        var code = Header(response, "X-Error-Code");
        var said = Header(response, "X-Error-Message");
        var kind = reference.IsDataset ? "dataset" : "model";
        var page = new Uri(server, $"{(reference.IsDataset ? "datasets/" : "")}{reference.Id}");
        return (code, response.StatusCode) switch
        {
            ("GatedRepo", _) => Error(
                Gated,
                $"{reference.Name}: the {kind} is gated, and {(hasToken ? "the account of this token has" : "without a token nobody has")} no access",
                $"accept its conditions at {page}, and set HF_TOKEN to a token of that account"
            ),
            ("RevisionNotFound", _) => Error(
                NoRevision,
                $"{reference.Name}: '{reference.Id}' has no revision '{reference.Revision}'",
                $"{page}/tree/main lists branches and tags; without @revision it is main"
            ),
            ("EntryNotFound", _) => Error(NotFound, $"{reference.Name}: a listed file is not there"),
            ("RepoNotFound", _) or (_, HttpStatusCode.NotFound) => Error(
                NotFound,
                $"{reference.Name}: {server.Authority} has no {kind} '{reference.Id}'{(hasToken ? " that this token may see" : ", or it is private")}",
                hasToken
                    ? "check the name, and what the token may read"
                    : "check the name; for a private one set HF_TOKEN"
            ),
            (_, HttpStatusCode.Unauthorized) => Error(
                hasToken ? Token : NotFound,
                hasToken
                    ? $"{reference.Name}: the token is refused{Said(said)}"
                    : $"{reference.Name}: {server.Authority} has no {kind} '{reference.Id}', or it is private or gated",
                hasToken ? "make a new token, and set HF_TOKEN to it" : "check the name; for a private one set HF_TOKEN"
            ),
            (_, HttpStatusCode.Forbidden) => Error(
                Token,
                $"{reference.Name}: access is refused{Said(said)}",
                hasToken ? "give the token read access to this repository" : "set HF_TOKEN to a token that may read it"
            ),
            (_, HttpStatusCode.TooManyRequests) => Surroundings(
                Busy,
                $"{reference.Name}: {server.Authority} lets nobody ask so often, even after waiting",
                $"try later, or set HF_TOKEN for a higher limit; {Kept}"
            ),
            _ when status >= 500 => NotReached(reference, server, $"it answers {status}"),
            _ => Error(Answer, $"{reference.Name}: {server.Authority} answers {status}{Said(said)}"),
        };
    }

    /// <summary>A number of bytes as people read it.</summary>
    public static string Size(long bytes) =>
        bytes < 1 << 20
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");

    /// <summary>A header's value, or null.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static string Said(string? message) =>
        message is null ? "" : $": {new string([.. message.Where(c => !char.IsControl(c)).Take(200)])}";
}
