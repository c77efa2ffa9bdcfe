using System.Text.Json.Nodes;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Stages.Artifacts;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>A pipeline on a model with an encoder, from rows to the exported folder, on the real process.</summary>
public sealed class EncoderRunTests
{
    private const string Steps =
        "ingest.requests split render tokenize train.instruct evaluate.zero_shot evaluate.few_shot_2 evaluate.tuned "
        + "verdict report export.huggingface";

    [SkippableTheory]
    [InlineData("base: FOLDER")]
    [InlineData("config: FOLDER, init: random")]
    [InlineData("base: FOLDER, adapter: { kind: lora, rank: 4, alpha: 8 }")]
    public void It_trains_answers_exports_and_is_cached(string written)
    {
        using var folder = Scratch.New();
        using var model = TinyT5.Folder();
        WritePipeline(folder.Path, model.Path, written);

        var run = Run(folder.Path);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(Steps.Split(' ').Order(), run.Executed.Split(' ').Order());
        Assert.True(File.Exists((string?)run.RunFinished["report"]));
        Assert.Equal("", Run(folder.Path).Executed);

        CheckTokens(run, Tokenizer.Load(model.Path));
        CheckLog(run);
        var predictions = Lines(File.ReadAllText(run.PathOf("evaluate.tuned", "predictions")));
        var exported = Path.Combine(folder.Path, "out");
        CheckExport(exported, predictions);
        CheckPredict(folder.Path, predictions);
        if (written.Contains("adapter", StringComparison.Ordinal))
        {
            var config = Path.Combine(run.PathOf("train.instruct", "model"), "adapter_config.json");
            Assert.Equal("SEQ_2_SEQ_LM", (string?)JsonNode.Parse(File.ReadAllText(config))!["task_type"]);
        }
    }

    [SkippableFact]
    public void What_means_nothing_beside_an_encoder_is_told_at_once()
    {
        using var folder = Scratch.New();
        using var model = TinyT5.Folder();
        WritePipeline(folder.Path, model.Path, "base: FOLDER, boundary: split");
        var path = Path.Combine(folder.Path, "pipeline.yml");
        File.WriteAllText(
            path,
            File.ReadAllText(path)
                .Replace("name: instruct", "name: instruct, objective: language-model", StringComparison.Ordinal)
        );
        var result = ToolProcess.Run(folder.Path, ["validate", "pipeline.yml"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal(2, result.Error.Split("FT1206").Length - 1);
    }

    [SkippableFact]
    public void A_long_prompt_is_cut_at_its_start_and_keeps_its_end()
    {
        using var folder = Scratch.New();
        using var model = TinyT5.Folder();
        WritePipeline(folder.Path, model.Path, "base: FOLDER, max_length: 12, overlong: truncate");
        var run = Run(folder.Path, "--until", "tokenize");
        Assert.True(run.ExitCode == 0, run.Error);
        using var tokens = TokenFile.Open(run.PathOf("tokenize", "train"));
        var cut = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var example = tokens.Example(i);
            var source = Array.IndexOf(example.LossMask, true);
            Assert.InRange(example.InputIds.Length, 2, 12);
            Assert.Equal((0, 0), (example.InputIds[source - 1], example.InputIds[^1]));
            cut += example.InputIds.Length == 12 ? 1 : 0;
        }

        Assert.True(cut > 0);
    }

    // Every example: the prompt as the tokenizer ends it, then the completion and its end, which alone carry loss.
    private static void CheckTokens(ToolProcess run, Tokenizer tokenizer)
    {
        var examples = Lines(File.ReadAllText(run.PathOf("render", "train")));
        using var tokens = TokenFile.Open(run.PathOf("tokenize", "train"));
        Assert.Equal(examples.Length, tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            var example = tokens.Example(i);
            var source = Array.IndexOf(example.LossMask, true);
            Assert.Equal(tokenizer.EncodeIds((string)examples[i]["prompt"]!), example.InputIds[..source]);
            Assert.Equal(0, example.InputIds[source - 1]);
            Assert.Equal(
                [.. tokenizer.EncodeIds((string)examples[i]["completion"]!, addSpecialTokens: false), 0],
                example.InputIds[source..]
            );
            Assert.All(example.LossMask[source..], Assert.True);
        }
    }

    private static void CheckLog(ToolProcess run)
    {
        var log = Lines(File.ReadAllText(run.PathOf("train.instruct", "log")));
        var steps = log.Where(line => line["loss"] is not null).ToArray();
        Assert.Equal(12, steps.Length);
        Assert.True((double)steps[^1]["loss"]! < (double)steps[0]["loss"]!);
        Assert.All(
            log.Where(line => line["validation_loss"] is not null),
            line => Assert.NotNull(line["validation_accuracy"])
        );
    }

    // What the tuned model answered in the run, the exported folder answers.
    private static void CheckExport(string exported, JsonNode[] predictions)
    {
        var choice = predictions.First(p => (string?)p["template"] == "ask");
        var text = predictions.First(p => (string?)p["template"] == "free");
        var wanted = choice["choice_log_probs"]!.AsObject();
        var scored = Verb(
            ["score", "--model", exported],
            wanted.Select(c => new JsonObject { ["prompt"] = (string)choice["prompt"]!, ["completion"] = $" {c.Key}" })
        );
        Assert.All(
            wanted.Zip(scored),
            pair => Assert.InRange((double)pair.First.Value! - (double)pair.Second["log_prob"]!, -1e-3, 1e-3)
        );

        var written = Verb(
            ["generate", "--model", exported, "--max-tokens", "4"],
            [new JsonObject { ["prompt"] = (string)text["prompt"]! }]
        );
        Assert.Equal((string?)text["prediction"], ((string)written[0]["text"]!).Trim());
    }

    private static void CheckPredict(string folder, JsonNode[] predictions)
    {
        var asked = predictions.Where(p => (string?)p["template"] == "ask").ToArray();
        var input = asked.Select(p =>
        {
            var request = ((string)p["prompt"]!)["Request: ".Length..^"\nIntent:".Length];
            return new JsonObject { ["request"] = request }.ToJsonString();
        });
        var result = ToolProcess.Run(folder, ["predict", "pipeline.yml"], string.Join('\n', input) + "\n");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(
            asked.Select(p => (string?)p["prediction"]),
            Lines(result.Out).Select(p => (string?)p["prediction"])
        );
    }

    private static ToolProcess Run(string folder, params string[] more) =>
        ToolProcess.Run(folder, ["run", "pipeline.yml", "--json", .. more]);

    private static JsonNode[] Verb(string[] arguments, IEnumerable<JsonObject> rows)
    {
        using var place = Scratch.New();
        var result = ToolProcess.Run(place.Path, arguments, string.Concat(rows.Select(r => r.ToJsonString() + "\n")));
        Assert.True(result.ExitCode == 0, result.Error);
        return Lines(result.Out);
    }

    private static JsonNode[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private static void WritePipeline(string folder, string model, string written)
    {
        var rows = File.ReadLines(ToolProcess.RepositoryFile("pipelines", "data", "household.csv")).Take(61);
        File.WriteAllText(Path.Combine(folder, "household.csv"), string.Join('\n', rows) + "\n");
        File.WriteAllText(
            Path.Combine(folder, "pipeline.yml"),
            $$$"""
            version: 1
            name: pairs
            seed: 7
            sources:
              requests: { path: household.csv }
            splits: { from: requests, train: 0.6, validation: 0.2, test: 0.2, by: random }
            templates:
              ask: { prompt: "Request: {{ request }}\nIntent:", completion: " {{ intent }}", answer: intent, choices: distinct }
              free: { prompt: "{{ request }} ->", completion: " {{ intent }}", answer: intent }
            model: { {{{written.Replace("FOLDER", $"\"{model}\"", StringComparison.Ordinal)}}} }
            training:
              - { name: instruct, max_steps: 12, batch_size: 8, learning_rate: 5.0e-3, validate: { every: 6 }, keep: last }
            evaluation:
              compare: [zero_shot, { few_shot: 2 }, tuned]
              metrics: [accuracy, exact_match, token_accuracy, perplexity]
              generate: { max_tokens: 4 }
            export:
              - { format: huggingface, to: out }
            report: { samples: 3 }

            """
        );
    }
}
