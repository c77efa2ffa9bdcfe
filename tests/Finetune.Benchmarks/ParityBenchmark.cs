using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>
/// A whole training of another trainer's, from its fixture: tokens a second from the first step to the last, validation
/// included, and where the loss ends.
/// </summary>
internal static class ParityBenchmark
{
    /// <summary>Runs it; one JSON line.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--case", "--model", "--precision", "--orders", "--learning-rate");
        var folder = arguments.Text("--case") ?? throw new ArgumentException("--case: a folder with expected.json");
        var start = arguments.Text("--model") ?? throw new ArgumentException("--model: the folder it starts from");
        var precision = arguments.Text("--precision") is "bf16" ? Precision.BFloat16 : Precision.Float32;
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!;
        var settings = expected["case"]!;
        var tokenizer = Tokenizer.Load(start);
        var (train, validation) = (Read("train"), Read("validation"));
        var rate = arguments.Text("--learning-rate") is { } text
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : (double)settings["lr"]!;
        // The other trainer's order first; then orders of our own, since one order says little of where losses end.
        for (var order = 0; order <= arguments.Number("--orders", 0); order++)
        {
            yield return Training(order);
        }

        JsonObject Training(int order)
        {
            using var model = ModelFolder.Load(start);
            if (settings["lora"] is not null)
            {
                LoraAdapter.Load(model, Path.Combine(folder, "initial-adapter"));
            }

            Threads.Fit(model.Shape);
            var place = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
            try
            {
                var began = TimeProvider.System.GetTimestamp();
                var result = Trainer.Run(
                    model,
                    train,
                    validation,
                    null,
                    new TrainingOptions
                    {
                        Precision = precision,
                        Epochs = (int)settings["epochs"]!,
                        BatchSize = (int)settings["batch"]! * (int)settings["accum"]!,
                        Shuffle = order > 0,
                        Seed = order,
                        LearningRate = rate,
                        Schedule = Enum.Parse<ScheduleKind>((string)settings["schedule"]!, ignoreCase: true),
                        WarmupSteps = (int)settings["warmup"]!,
                        Keep = KeepRule.Last,
                    },
                    Path.Combine(place, "log.jsonl"),
                    Path.Combine(place, "checkpoint"),
                    null
                );
                var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
                var last = File.ReadLines(Path.Combine(place, "log.jsonl"))
                    .Select(line => JsonNode.Parse(line)!["validation_loss"])
                    .Last(loss => loss is not null);
                return new JsonObject
                {
                    ["work"] = "parity",
                    ["precision"] = precision == Precision.BFloat16 ? "bf16" : "fp32",
                    ["order"] = order,
                    ["learning_rate"] = rate,
                    ["steps"] = result.Steps,
                    ["tokens_per_second"] = Math.Round(result.Tokens / seconds, 0),
                    ["validation_loss"] = (double)last!,
                    ["validation_loss_of_the_other"] = (double)expected["validation_loss"]!["tuned"]!,
                    ["threads"] = get_num_threads(),
                    ["peak_rss_mb"] = Math.Round(Usage.PeakResidentMegabytes(), 0),
                };
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        }

        TrainingExample[] Read(string split) =>
            [
                .. File.ReadLines(Path.Combine(folder, split + ".jsonl"))
                    .Select(line => JsonNode.Parse(line)!)
                    .Select(row =>
                        ExampleEncoder.Encode(
                            tokenizer,
                            Filled("prompt", "{text}", (string)row["text"]!),
                            Filled("completion", "{label}", (string)row["label"]!),
                            Boundary.Together,
                            tokenizer.EosId!.Value
                        )
                    )
                    .Select(e => new TrainingExample(
                        e.InputIds,
                        [.. e.InputIds.Select((_, i) => i >= e.PromptLength)]
                    )),
            ];

        string Filled(string template, string mark, string value) =>
            ((string)settings[template]!).Replace(mark, value, StringComparison.Ordinal);
    }
}
