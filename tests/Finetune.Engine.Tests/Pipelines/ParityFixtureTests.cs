using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>TRL's own runs, black box: through the tool, its documents, its events and its training log.</summary>
public sealed class ParityFixtureTests
{
    // banking6 learns at a high rate: a plain PyTorch loop comes as near as 2.4e-4, ours to 2.8e-4 on one processor and nearer on another.
    [SkippableTheory]
    [InlineData("banking6", "banking-intents.yml", 5e-4)]
    [InlineData("bankinglora", "banking-lora.yml", 4e-5)]
    public void The_pipeline_trains_as_TRL_does(string name, string document, double tolerance)
    {
        var shared = FixtureRoots.Shared;
        Skip.If(shared is null, "neither ../shared nor FINETUNE_SHARED is here");
        var parity = Path.Combine(shared, "testdata", "fixtures", "parity", name);
        Skip.IfNot(Directory.Exists(parity), $"{parity} is not here");
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(parity, "expected.json")))!;
        var folder = Directory.CreateTempSubdirectory("finetune-parity-").FullName;
        try
        {
            List<string> arguments =
            [
                "run",
                ToolProcess.RepositoryFile("pipelines", document),
                "--json",
                "--cache",
                folder,
                "--set",
                $"model.base={Path.Combine(shared, "testdata", "models", "stories260K", "hf")}",
            ];
            foreach (var split in new[] { "train", "validation", "test" })
            {
                arguments.AddRange(["--set", $"sources.{split}.path={Path.Combine(parity, split + ".jsonl")}"]);
            }

            if (Directory.Exists(Path.Combine(parity, "initial-adapter")))
            {
                arguments.AddRange(["--set", $"model.adapter.start_from={Path.Combine(parity, "initial-adapter")}"]);
            }

            var run = ToolProcess.Run(folder, [.. arguments]);
            Assert.True(run.ExitCode == 0, run.Error);
            CompareSteps(expected, run.PathOf("train.instruct", "log"), tolerance);
            Assert.InRange(Right(run, "zero_shot"), Right(expected, "zero_shot") - 1, Right(expected, "zero_shot") + 1);
            Assert.InRange(Right(run, "tuned"), Right(expected, "tuned") - 2, Right(expected, "tuned") + 2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void CompareSteps(JsonNode expected, string log, double tolerance)
    {
        var steps = File.ReadLines(log)
            .Select(line => JsonNode.Parse(line)!)
            .Where(entry => entry["loss"] is not null)
            .ToList();
        var wanted = expected["steps"]!.AsArray();
        Assert.Equal(wanted.Count, steps.Count);
        for (var s = 0; s < wanted.Count; s++)
        {
            Assert.Equal((double)wanted[s]!["learning_rate"]!, (double)steps[s]["learning_rate"]!, 1e-9);
            Assert.Equal((double)wanted[s]!["num_tokens"]!, (double)steps[s]["tokens"]!);
            if (s < 50)
            {
                Near((double)wanted[s]!["loss"]!, (double)steps[s]["loss"]!, tolerance, $"loss of step {s + 1}");
            }
        }

        Near((double)wanted[0]!["grad_norm"]!, (double)steps[0]["grad_norm"]!, 3e-5, "first gradient norm");
    }

    private static void Near(double expected, double actual, double relative, string what) =>
        Assert.True(
            Math.Abs(expected - actual) <= relative * Math.Abs(expected),
            string.Create(CultureInfo.InvariantCulture, $"{what}: {actual}, TRL has {expected}")
        );

    private static int Right(JsonNode expected, string contender) => (int)expected[contender]!["right"]!;

    private static int Right(ToolProcess run, string contender) =>
        File.ReadLines(run.PathOf($"evaluate.{contender}", "predictions"))
            .Count(line => (bool)JsonNode.Parse(line)!["correct"]!);
}
