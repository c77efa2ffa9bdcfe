using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Finetune.Tests.Cli;
using Google.Protobuf;
using Tensorboard;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>What follows a run: boards, servers and tables, on the real process.</summary>
public sealed class TrackingRunTests
{
    private static readonly string[] Named = ["loss", "learning_rate", "grad_norm"];

    [SkippableFact]
    public void Every_tracker_is_told_what_the_log_says()
    {
        using var work = new Workspace();
        using var server = new TrackingServer();
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 12,");
        work.Edit("pipeline.yml", "every: 10", "every: 5");
        var variables = new Dictionary<string, string>
        {
            ["FINETUNE_TRACK"] = "otel,csv=tables",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{server.Port}",
            ["MLFLOW_TRACKING_URI"] = $"http://127.0.0.1:{server.Port}/",
        };

        var run = ToolProcess.Run(
            work.Folder,
            ["run", "--json", "--track", "tensorboard=board", "--track", "mlflow"],
            variables: variables
        );

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("tracking", run.Error, StringComparison.Ordinal);
        var log = Workspace.Lines(run.PathOf("train.instruct", "log"));
        var id = (string)run.RunFinished["run"]!;
        Board(work, id, log, run.RunFinished["metrics"]!.AsObject());
        Table(work, id, log);
        Mlflow(server, log, run.RunFinished["metrics"]!.AsObject());
        var traces = server.Sent("/v1/traces");
        Assert.All(
            new[] { "run small", "train.instruct", "evaluate.tuned", "finetune.step.key", "tuned.accuracy" },
            text => Assert.Contains(text, traces, StringComparison.Ordinal)
        );
        Assert.Contains("finetune.training.loss", server.Sent("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("finetune.step.duration", server.Sent("/v1/metrics"), StringComparison.Ordinal);

        // Another run takes all from the cache, and is told of in full.
        var cached = ToolProcess.Run(work.Folder, ["run", "--json", "--track", "tensorboard=board"]);
        Assert.Equal("", cached.Executed);
        Board(work, (string)cached.RunFinished["run"]!, log, cached.RunFinished["metrics"]!.AsObject());
    }

    [SkippableFact]
    public void A_tracker_that_fails_is_told_of_once_and_the_run_goes_on()
    {
        using var work = new Workspace();
        using var server = new TrackingServer(failing: true);
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 2,");
        var run = ToolProcess.Run(work.Folder, ["run", "--track", $"mlflow=http://127.0.0.1:{server.Port}"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Single(
            run.Error.Split('\n'),
            line =>
                line.Contains(
                    "warning FT9201: tracking to mlflow ended: the server answered 500",
                    StringComparison.Ordinal
                )
        );
        Assert.Single(server.Calls);
    }

    private static void Board(Workspace work, string id, JsonObject[] log, JsonObject metrics)
    {
        var training = Events(Path.Combine(work.Folder, "board", id, "train.instruct"));
        Assert.Equal("brain.Event:2", training[0].FileVersion);
        var points = training
            .Skip(1)
            .SelectMany(e => e.Summary.Value.Select(v => (e.Step, v.Tag, v.SimpleValue)))
            .ToLookup(p => (p.Step, p.Tag), p => p.SimpleValue);
        foreach (var line in log)
        {
            foreach (var name in line.ContainsKey("loss") ? Named : ["validation_loss", "validation_accuracy"])
            {
                Assert.Equal((float)(double)line[name]!, Assert.Single(points[((long)line["step"]!, name)]));
            }
        }

        var verdict = Events(Path.Combine(work.Folder, "board", id, "verdict"))[1].Summary.Value;
        Assert.Equal(
            (float)(double)metrics["tuned.accuracy"]!,
            verdict.Single(v => v.Tag == "tuned/accuracy").SimpleValue
        );
    }

    private static void Table(Workspace work, string id, JsonObject[] log)
    {
        var lines = File.ReadAllLines(Path.Combine(work.Folder, "tables", id + ".csv"));
        Assert.Equal("step,number,metric,value", lines[0]);
        var last = log.Last(line => line.ContainsKey("loss"));
        Assert.Contains(
            string.Create(
                CultureInfo.InvariantCulture,
                $"train.instruct,{(long)last["step"]!},loss,{(double)last["loss"]!:R}"
            ),
            lines
        );
        Assert.Contains(lines, line => line.StartsWith("verdict,0,tuned.accuracy,", StringComparison.Ordinal));
    }

    private static void Mlflow(TrackingServer server, JsonObject[] log, JsonObject metrics)
    {
        Assert.Equal("small", (string?)server.Mlflow("experiments/create").Single()["name"]);
        Assert.Equal("7", (string?)server.Mlflow("runs/create").Single()["experiment_id"]);
        var batches = server.Mlflow("runs/log-batch");
        Assert.All(batches, b => Assert.Equal("r1", (string?)b["run_id"]));
        Assert.All(batches, b => Assert.True((b["params"]?.AsArray().Count ?? 0) <= 100));
        var settings = batches
            .SelectMany(b => b["params"]?.AsArray() ?? [])
            .ToDictionary(p => (string)p!["key"]!, p => (string)p!["value"]!);
        Assert.Equal(("0.001", "7"), (settings["training.0.learning_rate"], settings["seed"]));
        var points = batches
            .SelectMany(b => b["metrics"]?.AsArray() ?? [])
            .ToLookup(m => ((string)m!["key"]!, (long)m["step"]!), m => (double)m!["value"]!);
        foreach (var line in log.Where(line => line.ContainsKey("loss")))
        {
            Assert.Equal((double)line["loss"]!, Assert.Single(points[("train.instruct/loss", (long)line["step"]!)]));
        }

        Assert.Equal((double)metrics["tuned.accuracy"]!, points[("tuned.accuracy", 0)].Single());
        Assert.Single(points[("seconds/train.instruct", 0)]);
        Assert.Equal("FINISHED", (string?)server.Mlflow("runs/update").Single()["status"]);
    }

    // TensorFlow's records, read by their own description; messages by the classes that TorchSharp has for its writer.
    private static List<Event> Events(string folder)
    {
        var bytes = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder, "events.out.tfevents.*")));
        var events = new List<Event>();
        for (var at = 0; at < bytes.Length; )
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var data = bytes.AsSpan(at + 12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(Event.Parser.ParseFrom(new CodedInputStream(data.ToArray())));
            at += 16 + length;
        }

        return events;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        // Bit by bit, the polynomial of Castagnoli reversed.
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0x82f63b78 & (uint)-(int)(crc & 1));
            }
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
