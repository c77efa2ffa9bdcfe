using System.Text.Json.Nodes;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Tokenizers.Learning;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>
/// A pipeline over a model of each family that has a fixture, with a tokenizer learned to its vocabulary: train,
/// evaluate, export, and the export read again.
/// </summary>
public sealed class FamilyRunTests
{
    private const int Rows = 40;

    [SkippableTheory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    [InlineData("gemma3_text")]
    [InlineData("phi3")]
    [InlineData("gpt2")]
    [InlineData("t5")]
    public void It_trains_evaluates_exports_and_is_read_again(string family)
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var model = Path.Combine(FixtureRoots.Shared!, "testdata", "fixtures", "models", family);
        using var folder = Scratch.New();
        Write(folder.Path, model);
        if (family != "t5")
        {
            var document = Path.Combine(folder.Path, "pipeline.yml");
            var both = "export:\n  - { format: gguf, to: gguf/small.gguf, type: f32 }\n";
            File.WriteAllText(
                document,
                File.ReadAllText(document).Replace("export:\n", both, StringComparison.Ordinal)
            );
        }

        var run = ToolProcess.Run(folder.Path, ["run", "pipeline.yml", "--json"]);

        Assert.True(run.ExitCode == 0, run.Error);
        var tuned = run.PathOf("train.instruct", "model");
        var exported = Path.Combine(folder.Path, "out");
        Assert.Equal(
            Names(tuned).Append("README.md").Append("finetune.json").Order(StringComparer.Ordinal),
            Names(exported)
        );
        if (family != "t5")
        {
            Assert.True(File.Exists(Path.Combine(folder.Path, "gguf", "small.gguf")));
            var parity = JsonNode.Parse(File.ReadAllText(run.PathOf("export.gguf", "parity")))!;
            Assert.True((bool)parity["lossless"]!);
        }

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder.Path, "tokenizer", "tokenizer.json")),
            File.ReadAllBytes(Path.Combine(exported, "tokenizer.json"))
        );
        Assert.Equal(Score(tuned), Score(exported));
        var log = File.ReadLines(run.PathOf("train.instruct", "log")).Select(line => JsonNode.Parse(line)!);
        Assert.All(
            log.Where(row => row["loss"] is not null),
            row => Assert.True(double.IsFinite((double)row["loss"]!))
        );
        Assert.Equal("", ToolProcess.Run(folder.Path, ["run", "pipeline.yml", "--json"]).Executed);
    }

    [SkippableFact]
    public void A_tokenizer_with_more_tokens_than_the_model_is_an_error_of_the_model_files()
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var model = Path.Combine(FixtureRoots.Shared!, "testdata", "fixtures", "models", "llama");
        using var folder = Scratch.New();
        Write(folder.Path, model);
        var learner = new TokenizerLearner(new BpeLearningOptions(400, 0, ["<|endoftext|>"]));
        learner.Read(File.ReadAllText(Path.Combine(folder.Path, "household.csv")));
        learner.Write(Path.Combine(folder.Path, "tokenizer"));

        var run = ToolProcess.Run(folder.Path, ["run", "pipeline.yml", "--json"]);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("FT7", run.Error, StringComparison.Ordinal);
        Assert.Contains("272, the model's vocab_size", run.Error, StringComparison.Ordinal);
    }

    private static string[] Names(string folder) =>
        [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static string Score(string model)
    {
        using var place = Scratch.New();
        var row = new JsonObject
        {
            ["prompt"] = "Request: put tea on the list\nIntent:",
            ["completion"] = " find recipe",
        };
        var result = ToolProcess.Run(place.Path, ["score", "--model", model], row.ToJsonString() + "\n");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(double.IsFinite((double)JsonNode.Parse(result.Out)!["log_prob"]!));
        return result.Out;
    }

    private static void Write(string folder, string model)
    {
        var rows = File.ReadLines(ToolProcess.RepositoryFile("pipelines", "data", "household.csv"))
            .Take(Rows + 1)
            .ToList();
        File.WriteAllLines(Path.Combine(folder, "household.csv"), rows);
        Learn(folder, model, rows);
        File.WriteAllText(
            Path.Combine(folder, "pipeline.yml"),
            $$$"""
            version: 1
            name: families
            seed: 7
            sources:
              requests: { path: household.csv }
            splits: { from: requests, train: 0.6, validation: 0.2, test: 0.2, by: random }
            templates:
              ask: { prompt: "Request: {{ request }}\nIntent:", completion: " {{ intent }}", answer: intent }
            model: { base: "{{{model}}}", tokenizer: tokenizer }
            training:
              - { name: instruct, max_steps: 3, batch_size: 4, learning_rate: 1.0e-3, keep: last }
            evaluation: { compare: [zero_shot, tuned], metrics: [exact_match, perplexity], generate: { max_tokens: 4 } }
            export:
              - { format: huggingface, to: out }
            report: { samples: 2 }

            """
        );
    }

    private static void Learn(string folder, string model, IReadOnlyList<string> rows)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(model, "config.json")))!;
        var vocabulary = (int)config["vocab_size"]!;
        var learner = new TokenizerLearner(
            new BpeLearningOptions(vocabulary, 0, ["<|endoftext|>"], AllBytes: vocabulary > 260)
        );
        learner.Read("Request: \nIntent: ");
        foreach (var row in rows)
        {
            learner.Read(row);
        }

        var count = learner.Write(Path.Combine(folder, "tokenizer"));
        Assert.Equal(vocabulary, count);
        Assert.Equal(0, Tokenizer.Load(Path.Combine(folder, "tokenizer")).EosId);
    }
}
