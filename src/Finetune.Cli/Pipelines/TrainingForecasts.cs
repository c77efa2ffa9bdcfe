using System.Globalization;
using System.Text.Json;
using Finetune.Cli.Health;
using Finetune.Engine;
using Finetune.Graph.Caching;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Train;

namespace Finetune.Cli.Pipelines;

/// <summary>Memory and time of the trainings that a run would do, before it does them.</summary>
internal static class TrainingForecasts
{
    // Share of the best product's speed that a step of this width reaches: products of narrow models are small, and
    // what is not a product weighs more. Measured from 64 to 576.
    private const double HalfSpeedWidth = 200;

    // An adapter's gradients of its own, and products of the base done once forth and once back.
    private const double AdapterShare = 0.8;

    /// <summary>Lines, in the order of the plan; nothing for what is in the store.</summary>
    /// <param name="forecasts">The plan as it stands.</param>
    /// <param name="store">The store.</param>
    public static IEnumerable<string> Of(IReadOnlyList<StepForecast> forecasts, ArtifactStore store)
    {
        var waiting = forecasts.Where(f => f.Step.Kind == "train" && f.Forecast != Forecast.Hit).ToList();
        if (waiting.Count == 0)
        {
            return [];
        }

        var tokenized = forecasts.First(f => f.Step.Kind == "tokenize").Result;
        if (tokenized is null)
        {
            return
            [
                "memory and time: not known before the tokens are counted ('dotnet finetune run --until tokenize' does it)",
            ];
        }

        var (rows, speed) = (Rows(tokenized, store), Speed(store.Paths.Root));
        return waiting.Select(f => $"{f.Step.Name}: {Line(f.Step, rows, speed)}");
    }

    private static string Line(Step step, TrainRows rows, double? speed)
    {
        if (step.Inputs.SingleOrDefault(i => i.Name == "base") is not FileInput { Paths: [var first, ..] })
        {
            return "memory and time not known before the base is fetched";
        }

        if (step.Private[ModelInputs.DeviceEntry] is { } device)
        {
            return $"memory and time not known on {device}";
        }

        var settings = StageJson.FromJson<TrainSettings>(step.Settings);
        try
        {
            var (forecast, recomputes, cure) = TrainForecast.Here(
                settings,
                Path.GetDirectoryName(first)!,
                rows,
                (string?)step.Private[TrainStage.Checkpointing],
                TrainForecast.MemoryHere
            );
            return forecast is null
                ? "memory and time not known for this model"
                : $"about {forecast.Memory}{TooMuch(cure)}, {Time(forecast, settings, recomputes, speed)}";
        }
        catch (ModelFileException)
        {
            // The run will say what is wrong with it.
            return "memory and time not known for this model";
        }
    }

    private static string TooMuch(string? cure) =>
        cure is null ? "" : $", more than the {TrainForecast.Size(TrainForecast.MemoryHere)} there are: {cure}";

    private static string Time(TrainForecast forecast, TrainSettings settings, bool recomputes, double? speed)
    {
        // Such a pass forward is done a second time.
        var operations = forecast.Operations * (recomputes ? 4.0 / 3 : 1);
        if (speed is not { } gflops || settings.Precision != "fp32")
        {
            return "time not known ('dotnet finetune doctor --measure' measures this machine)";
        }

        var share =
            forecast.HiddenSize
            / (forecast.HiddenSize + HalfSpeedWidth)
            * (settings.Adapter is null ? 1 : AdapterShare);
        var seconds = operations / (gflops * 1e9 * share);
        return seconds < 90
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, seconds):0} s of steps")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min of steps");
    }

    private static TrainRows Rows(ActionResult tokenized, ArtifactStore store)
    {
        var ledger = tokenized.Outputs.Single(o => o.Name == "ledger").Files.Single();
        var counts = LedgerFile.ReadTokens(store.Paths.Blob(ledger.Digest)).Splits["train"];
        return counts.Lengths is { } lengths
            ? new TrainRows(
                counts.Examples,
                (int)lengths.Max,
                (int)lengths.P95,
                lengths.Mean,
                counts.LabelTokens / (double)counts.Tokens
            )
            : TrainRows.Of([]);
    }

    private static double? Speed(string root)
    {
        var path = MachineFile.In(root);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var record = JsonDocument.Parse(File.ReadAllText(path));
            return record.RootElement.TryGetProperty("fp32_gflops", out var speed) && speed.TryGetDouble(out var found)
                ? found
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
