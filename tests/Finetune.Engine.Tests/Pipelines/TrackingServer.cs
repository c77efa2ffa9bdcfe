using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>A server on loopback that takes what MLflow's REST API and OTLP over HTTP are sent, and keeps it.</summary>
internal sealed class TrackingServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    /// <summary>Starts it.</summary>
    /// <param name="failing">Whether it answers every call with an error.</param>
    public TrackingServer(bool failing = false)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = Task.Run(() => Serve(failing));
    }

    public int Port { get; }

    /// <summary>Path and body of each call.</summary>
    public List<(string Path, byte[] Body)> Calls { get; } = [];

    /// <summary>The bodies sent to a path of MLflow's.</summary>
    public IReadOnlyList<JsonNode> Mlflow(string path) =>
        [.. Calls.Where(c => c.Path == $"/api/2.0/mlflow/{path}").Select(c => JsonNode.Parse(c.Body)!)];

    /// <summary>All that was sent to a path, as text where it is text.</summary>
    public string Sent(string path) =>
        string.Concat(Calls.Where(c => c.Path == path).Select(c => Encoding.Latin1.GetString(c.Body)));

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    private void Serve(bool failing)
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = _listener.GetContext();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            call.Request.InputStream.CopyTo(body);
            var path = call.Request.Url!.AbsolutePath;
            Calls.Add((path, body.ToArray()));
            call.Response.StatusCode =
                failing ? 500
                : path.EndsWith("get-by-name", StringComparison.Ordinal) ? 404
                : 200;
            var answer = path switch
            {
                _ when failing => "out of order",
                _ when path.EndsWith("experiments/create", StringComparison.Ordinal) => """{"experiment_id":"7"}""",
                _ when path.EndsWith("runs/create", StringComparison.Ordinal) => """{"run":{"info":{"run_id":"r1"}}}""",
                _ when path.StartsWith("/v1/", StringComparison.Ordinal) => "",
                _ => "{}",
            };
            call.Response.OutputStream.Write(Encoding.UTF8.GetBytes(answer));
            call.Response.Close();
        }
    }
}
