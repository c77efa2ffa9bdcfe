using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Finetune.Cli.Tracking;

/// <summary>A trace a run with a span a step, and metrics, sent by OTLP to where the usual variables point
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its kin).</summary>
internal sealed class OpenTelemetryTracker : ITracker
{
    private const string Source = "dotnet-finetune";

    private readonly ActivitySource _spans = new(Source);
    private readonly Meter _meter = new(Source);
    private readonly Dictionary<string, Activity> _open = new(StringComparer.Ordinal);
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly Histogram<double> _seconds;
    private readonly Dictionary<string, Gauge<double>> _gauges = new(StringComparer.Ordinal);
    private Activity? _run;

    /// <summary>Connects.</summary>
    /// <param name="hasProtocol">Whether the environment names a protocol; else it is HTTP, which goes through most
    /// gateways.</param>
    public OpenTelemetryTracker(bool hasProtocol)
    {
        void Protocol(OtlpExporterOptions options)
        {
            options.TimeoutMilliseconds = 5000;
            if (!hasProtocol)
            {
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
            }
        }

        var resource = ResourceBuilder.CreateDefault().AddService(Source).AddEnvironmentVariableDetector();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Source)
            .AddOtlpExporter(Protocol)
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Source)
            .AddOtlpExporter(Protocol)
            .Build();
        _seconds = _meter.CreateHistogram<double>("finetune.step.duration", "s", "How long a step of a run took");
    }

    /// <inheritdoc/>
    public string Name => "otel";

    /// <inheritdoc/>
    public void Begin(TrackedRun run)
    {
        _run = _spans.StartActivity($"run {run.Name}", ActivityKind.Internal, default(ActivityContext));
        _run?.SetStartTime(run.Started.UtcDateTime);
        _run?.SetTag("finetune.run", run.Id);
        _run?.SetTag("finetune.pipeline", run.Name);
    }

    /// <inheritdoc/>
    public void StepBegins(string step, DateTimeOffset at)
    {
        if (_spans.StartActivity(step, ActivityKind.Internal, _run?.Context ?? default, startTime: at) is { } span)
        {
            _open[step] = span;
        }
    }

    /// <inheritdoc/>
    public void Point(TrackedPoint point)
    {
        foreach (var (name, value) in point.Values)
        {
            Gauge($"finetune.training.{name.Replace('/', '.')}")
                .Record(value, new KeyValuePair<string, object?>("finetune.step", point.Step));
        }
    }

    /// <inheritdoc/>
    public void StepEnds(TrackedStep step, DateTimeOffset at)
    {
        // What came from the cache never began; it is a span of a moment.
        var span =
            _open.Remove(step.Name, out var open) ? open
            : step.Status == "skipped" ? null
            : _spans.StartActivity(step.Name, ActivityKind.Internal, _run?.Context ?? default, startTime: at);
        span?.SetTag("finetune.step.kind", step.Kind);
        span?.SetTag("finetune.step.status", step.Status);
        span?.SetTag("finetune.step.key", step.Key);
        if (step.Status == "failed")
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }

        span?.SetEndTime(at.UtcDateTime);
        span?.Dispose();
        if (step.Status != "skipped")
        {
            _seconds.Record(
                step.Seconds,
                new KeyValuePair<string, object?>("finetune.step", step.Name),
                new KeyValuePair<string, object?>("finetune.step.status", step.Status)
            );
        }
    }

    /// <inheritdoc/>
    public void End(TrackedEnd end)
    {
        foreach (var (name, value) in end.Metrics)
        {
            Gauge($"finetune.{name}").Record(value);
            _run?.SetTag($"finetune.{name}", value);
        }

        _run?.SetStatus(end.Ok ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        _run?.SetEndTime(end.At.UtcDateTime);
        _run?.Dispose();
        if (!_traces.ForceFlush(10_000) | !_metrics.ForceFlush(10_000))
        {
            throw new IOException("not everything was delivered in ten seconds");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
        _spans.Dispose();
        _meter.Dispose();
    }

    private Gauge<double> Gauge(string name)
    {
        if (!_gauges.TryGetValue(name, out var gauge))
        {
            _gauges[name] = gauge = _meter.CreateGauge<double>(name);
        }

        return gauge;
    }
}
