using System.Globalization;
using System.Text.RegularExpressions;

namespace Finetune.Stages.Hub;

/// <summary>Where the Hub is and where its files are kept: the variables that huggingface_hub reads, read as it
/// does.</summary>
public sealed partial record HubEnvironment
{
    private const string PublicEndpoint = "https://huggingface.co";
    private static readonly string[] True = ["1", "ON", "YES", "TRUE"];

    /// <summary>The server, <c>HF_ENDPOINT</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The cache's folder, absolute: <c>HF_HUB_CACHE</c>, else <c>hub</c> in <c>HF_HOME</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Who asks: <c>HF_TOKEN</c>, else what stands in the token file; null for nobody.</summary>
    public string? Token { get; init; }

    /// <summary><c>HF_HUB_OFFLINE</c>: the network is not to be reached.</summary>
    public bool Offline { get; init; }

    /// <summary>How long the server may be silent: <c>HF_HUB_DOWNLOAD_TIMEOUT</c> seconds, default 30.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">A variable's value; null where it is unset or empty.</param>
    public static HubEnvironment Of(Func<string, string?> variable)
    {
        string Folder(string name, Func<string> otherwise) =>
            variable(name) is { } written ? Expanded(written, variable) : otherwise();

        var home = Folder(
            "HF_HOME",
            () => Path.Combine(Folder("XDG_CACHE_HOME", () => Path.Combine(User(variable), ".cache")), "huggingface")
        );
        var cache = Folder("HF_HUB_CACHE", () => Folder("HUGGINGFACE_HUB_CACHE", () => Path.Combine(home, "hub")));
        var tokenFile = Folder("HF_TOKEN_PATH", () => Path.Combine(home, "token"));
        return new HubEnvironment
        {
            Endpoint = Server(variable("HF_ENDPOINT") ?? PublicEndpoint),
            CacheFolder = Path.GetFullPath(cache),
            Token = IsTrue(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
                ? null
                : Clean(variable("HF_TOKEN") ?? variable("HUGGING_FACE_HUB_TOKEN")) ?? Clean(TextOf(tokenFile)),
            Offline = IsTrue(variable("HF_HUB_OFFLINE") ?? variable("TRANSFORMERS_OFFLINE")),
            Silence = int.TryParse(
                variable("HF_HUB_DOWNLOAD_TIMEOUT"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var seconds
            )
                ? TimeSpan.FromSeconds(Math.Max(1, seconds))
                : TimeSpan.FromSeconds(30),
        };
    }

    private static Uri Server(string written) =>
        Uri.TryCreate(written.TrimEnd('/') + "/", UriKind.Absolute, out var server)
        && server.Scheme is "http" or "https"
            ? server
            : throw HubErrors.BadEndpoint(written);

    private static bool IsTrue(string? value) => value is not null && True.Contains(value.ToUpperInvariant());

    private static string? Clean(string? token) =>
        token?.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Trim()
            is { Length: > 0 } clean
            ? clean
            : null;

    private static string? TextOf(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Expanded(string path, Func<string, string?> variable)
    {
        var home = path is "~" || path.StartsWith("~/", StringComparison.Ordinal) ? User(variable) + path[1..] : path;
        return Name().Replace(home, m => variable(m.Groups[1].Value + m.Groups[2].Value) ?? m.Value);
    }

    private static string User(Func<string, string?> variable) =>
        variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [GeneratedRegex(@"\$(?:\{(\w+)\}|(\w+))")]
    private static partial Regex Name();
}
