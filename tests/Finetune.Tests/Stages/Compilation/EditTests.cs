using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Stages.Compilation;

/// <summary>What an edit of the document changes in the keys of steps: nothing, or exactly what depends on it.</summary>
public sealed class EditTests
{
    [Theory]
    [InlineData("version: 1\n", "# a remark\nversion: 1 # one\n")]
    [InlineData("  by: hash\n  group: message\n", "  group: message\n  by: \"hash\"\n")]
    [InlineData("epsilon: 1.0e-8, weight_decay: 0.0", "weight_decay: 0, epsilon: 1e-8")]
    [InlineData("{ message: text, intent: category }", "{ intent: category, message: text }")]
    [InlineData("    shuffle: true\n", "")]
    [InlineData("precision: fp32", "precision: auto")]
    [InlineData("path: data/messages.csv", "path: [./data/messages.csv]")]
    [InlineData("to: out/model", "to: out/elsewhere")]
    [InlineData(
        "  terse: { prompt: \"{{ message }}\\nIntent:\",",
        "  terse: { <<: {choices: distinct}, prompt: \"{{ message }}\\nIntent:\","
    )]
    [InlineData("    batch_size: 16", "    batch_size: &b 16")]
    public void What_means_the_same_changes_no_key(string old, string now) => Assert.Empty(Changed(old, now));

    [Theory]
    [InlineData("seed: 17", "seed: 18", "split train.instruct evaluate.few_shot_4 report")]
    [InlineData("format: csv", "format: tsv", "ingest.messages report")]
    [InlineData("train: 0.8\n  validation: 0.1", "train: 0.7\n  validation: 0.2", "split report")]
    [InlineData("overlap: error", "overlap: warn", "split report")]
    [InlineData("Message: {{ message }}", "Text: {{ message }}", "render export.huggingface report")]
    [InlineData(
        "max_length: 512",
        "max_length: 256",
        "tokenize train.instruct evaluate.zero_shot evaluate.few_shot_4 evaluate.tuned report"
    )]
    [InlineData("overlong: error", "overlong: drop", "tokenize report")]
    [InlineData("learning_rate: 2.0e-4", "learning_rate: 1.0e-4", "train.instruct report")]
    [InlineData("rank: 16", "rank: 8", "train.instruct report")]
    [InlineData("micro_batch_size: 8", "micro_batch_size: 4", "train.instruct report")]
    [InlineData("schedule: cosine", "schedule: linear", "train.instruct report")]
    [InlineData("[accuracy, exact_match, token_accuracy, perplexity]", "[accuracy]", "verdict report")]
    [InlineData("samples: 20", "samples: 10", "report")]
    [InlineData("+ 0.05", "+ 0.01", "report")]
    [InlineData(
        "max_tokens: 16",
        "max_tokens: 8",
        "train.instruct evaluate.zero_shot evaluate.few_shot_4 evaluate.tuned export.huggingface report"
    )]
    [InlineData("name: banking-intents", "name: other", "export.huggingface report")]
    [InlineData(
        "precision: fp32",
        "precision: bf16",
        "train.instruct evaluate.zero_shot evaluate.few_shot_4 evaluate.tuned export.huggingface report"
    )]
    public void What_means_something_changes_the_steps_that_declare_it(string old, string now, string steps) =>
        Assert.Equal(steps, string.Join(' ', Changed(old, now)));

    private static List<string> Changed(string old, string now)
    {
        using var folder = new PipelineFolder();
        var before = Keys(folder.Compile().Plan);
        Assert.Contains(old, folder.Text, StringComparison.Ordinal);
        var text = folder.Text;
        var at = text.IndexOf(old, StringComparison.Ordinal);
        var changed = text[..at] + now + text[(at + old.Length)..];

        // Another folder: places must not count either.
        using var other = new PipelineFolder();
        if (now.Contains("tsv", StringComparison.Ordinal))
        {
            var csv = Path.Combine(other.Root, "data", "messages.csv");
            File.WriteAllText(csv, "text\tcategory\nm\ti\n");
        }

        other.Text = changed;
        var after = Keys(other.Compile().Plan);
        return [.. before.Keys.Where(k => before[k] != after[k])];
    }

    // Everything of a step that goes into its key, but for contents of files.
    private static OrderedDictionary<string, string> Keys(Plan plan)
    {
        var keys = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var step in plan.Steps)
        {
            var inputs = step.Inputs.Select(i =>
                i switch
                {
                    OutputInput o => $"{o.Name}={o.Step}/{o.Output}",
                    FileInput f => $"{f.Name}={string.Join(',', f.Paths.Select(Path.GetFileName))}",
                    _ => i.Name,
                }
            );
            keys[step.Name] = string.Join(
                '\n',
                [Sorted(step.Settings).ToJsonString(), .. inputs, JsonSerializer.Serialize(step.Ambient)]
            );
        }

        return keys;
    }

    private static JsonNode Sorted(JsonNode node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.OrderBy(p => p.Key, StringComparer.Ordinal)
                    .Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : (JsonNode?)Sorted(p.Value)))
            ),
            JsonArray a => new JsonArray([.. a.Select(i => i is null ? null : Sorted(i))]),
            _ => node.DeepClone(),
        };
}
