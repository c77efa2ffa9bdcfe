using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Finetune.Tests.Stages.Report;

/// <summary>A headless Chromium of our own, spoken to by the DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly string _profile = Directory.CreateTempSubdirectory("finetune-chromium-").FullName;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(90));
    private Process? _process;
    private string _session = "";
    private int _id;

    /// <summary>Where it is, or null.</summary>
    public static string? Place =>
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(
            File.Exists
        );

    /// <summary>What the page said on the console, threw or was refused.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Addresses it asked for.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<Chromium> StartAsync()
    {
        var chromium = new Chromium();
        string[] arguments =
        [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
            $"--user-data-dir={chromium._profile}",
            "about:blank",
        ];
        chromium._process = Process.Start(
            new ProcessStartInfo(Place!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
        )!;
        chromium._process.BeginErrorReadLine();
        chromium._process.BeginOutputReadLine();
        await chromium.ConnectAsync();
        return chromium;
    }

    /// <summary>Opens a page as wide as that; gives the value of an expression in it.</summary>
    public async Task<JsonNode?> OpenAsync(string path, int width, string expression, bool dark = false)
    {
        await SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = 800,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );
        await SendAsync(
            "Emulation.setEmulatedMedia",
            new JsonObject
            {
                ["features"] = new JsonArray(
                    new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }
                ),
            }
        );
        await SendAsync("Page.navigate", new JsonObject { ["url"] = new Uri(path).AbsoluteUri });
        await UntilAsync(message => (string?)message["method"] == "Page.loadEventFired");
        var answer = await SendAsync(
            "Runtime.evaluate",
            new JsonObject { ["expression"] = expression, ["returnByValue"] = true }
        );
        return answer["result"]!["value"];
    }

    /// <summary>A picture of the whole page.</summary>
    public async Task<byte[]> PictureAsync(int width, double height)
    {
        var answer = await SendAsync(
            "Page.captureScreenshot",
            new JsonObject
            {
                ["captureBeyondViewport"] = true,
                ["clip"] = new JsonObject
                {
                    ["x"] = 0,
                    ["y"] = 0,
                    ["width"] = width,
                    ["height"] = height,
                    ["scale"] = 1,
                },
            }
        );
        return Convert.FromBase64String((string)answer["data"]!);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process?.Kill(entireProcessTree: true);
        await (_process?.WaitForExitAsync() ?? Task.CompletedTask);
        _process?.Dispose();
        _limit.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A dying child may still write; the system clears its temporary folder.
        }
    }

    private async Task ConnectAsync()
    {
        var port = Path.Combine(_profile, "DevToolsActivePort");
        while (!File.Exists(port) || File.ReadAllLines(port).Length < 2)
        {
            await Task.Delay(50, _limit.Token);
        }

        var lines = await File.ReadAllLinesAsync(port, _limit.Token);
        await _socket.ConnectAsync(new Uri($"ws://127.0.0.1:{lines[0]}{lines[1]}"), _limit.Token);
        var target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await SendAsync(
            "Target.attachToTarget",
            new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true }
        );
        _session = (string)attached["sessionId"]!;
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
        {
            await SendAsync($"{domain}.enable", []);
        }
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters)
    {
        var id = ++_id;
        var call = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        if (_session.Length > 0)
        {
            call["sessionId"] = _session;
        }

        await _socket.SendAsync(
            System.Text.Encoding.UTF8.GetBytes(call.ToJsonString()),
            WebSocketMessageType.Text,
            true,
            _limit.Token
        );
        var answer = await UntilAsync(message => (int?)message["id"] == id);
        return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
    }

    private async Task<JsonNode> UntilAsync(Func<JsonNode, bool> awaited)
    {
        while (true)
        {
            using var text = new MemoryStream();
            var buffer = new byte[1 << 16];
            WebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer, _limit.Token);
                text.Write(buffer, 0, part.Count);
            } while (!part.EndOfMessage);
            var message = JsonNode.Parse(text.ToArray())!;
            Note(message);
            if (awaited(message))
            {
                return message;
            }
        }
    }

    private void Note(JsonNode message)
    {
        switch ((string?)message["method"])
        {
            case "Network.requestWillBeSent":
                Requests.Add((string)message["params"]!["request"]!["url"]!);
                break;
            case "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded":
                Complaints.Add(message["params"]!.ToJsonString());
                break;
        }
    }
}
