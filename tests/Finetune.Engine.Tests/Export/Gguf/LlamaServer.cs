using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Export.Gguf;

/// <summary>
/// <c>llama-server</c> of the folder that <c>FINETUNE_LLAMA_CPP</c> names, on loopback, with one model; keys and values
/// in single precision.
/// </summary>
internal sealed class LlamaServer : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    public LlamaServer(string model)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Path.Combine(Folder!, "llama-server"))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        string[] arguments =
        [
            "-m",
            model,
            "--host",
            "127.0.0.1",
            "--port",
            $"{port}",
            "-c",
            "128",
            "-np",
            "1",
            "-t",
            "1",
            "-ctk",
            "f32",
            "-ctv",
            "f32",
            "-fa",
            "off",
            "--no-warmup",
            "--no-webui",
            "--offline",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["LD_LIBRARY_PATH"] = Folder;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>Where the programs lie, or null.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("FINETUNE_LLAMA_CPP");

    private string Log { get; set; } = "";

    public static void SkipIfMissing() =>
        Skip.If(Folder is null, "FINETUNE_LLAMA_CPP names no folder with a built llama-server");

    /// <summary>Waits until the model is loaded.</summary>
    public async Task Ready()
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            Assert.False(_process.HasExited, Log);
            try
            {
                using var health = await _client.GetAsync(new Uri("/health", UriKind.Relative));
                if (health.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(100);
        }

        Assert.Fail(Log);
    }

    /// <summary>The ids of a text, as a prompt begins.</summary>
    public async Task<int[]> Tokenize(string text) =>
        Ids(await Ask("/tokenize", new JsonObject { ["content"] = text, ["add_special"] = true }));

    /// <summary>What follows, the likeliest id each time; the id that ends a text is not told.</summary>
    public async Task<int[]> Continue(int[] prompt, int count) =>
        Ids(
            await Ask(
                "/completion",
                new JsonObject
                {
                    ["prompt"] = new JsonArray([.. prompt.Select(id => (JsonNode)id)]),
                    ["n_predict"] = count,
                    ["temperature"] = 0,
                    ["return_tokens"] = true,
                    ["cache_prompt"] = false,
                }
            )
        );

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int[] Ids(JsonNode answer) => [.. answer["tokens"]!.AsArray().Select(id => (int)id!)];

    private async Task<JsonNode> Ask(string path, JsonObject question)
    {
        using var answer = await _client.PostAsJsonAsync(new Uri(path, UriKind.Relative), question);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text + Log);
        return JsonNode.Parse(text)!;
    }

    private void Keep(string? line)
    {
        lock (_process)
        {
            Log += line + "\n";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
