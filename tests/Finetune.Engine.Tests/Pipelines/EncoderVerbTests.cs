using System.Text.Json.Nodes;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>The batch verbs with a model whose encoder reads the prompt, on the real process.</summary>
public sealed class EncoderVerbTests
{
    [SkippableFact]
    public void Scores_give_the_loss_of_Transformers()
    {
        var (folder, expected) = Fixture();
        var ids = Rows(expected["input_ids"]!);
        var mask = Rows(expected["attention_mask"]!);
        var labels = Rows(expected["labels"]!);
        var lines = Lines(
            ids.Select(
                (row, r) =>
                    new JsonObject
                    {
                        ["input_ids"] = List(row.Where((_, t) => mask[r][t] == 1)),
                        ["labels"] = List(labels[r]),
                    }
            )
        );

        var scores = Run("score", folder, lines);

        Assert.Equal(expected["label_tokens"]!.GetValue<int>(), scores.Sum(s => s["tokens"]!.GetValue<int>()));
        var loss = -scores.Sum(s => s["log_prob"]!.GetValue<double>());
        Assert.InRange(loss - expected["loss_sum"]!.GetValue<double>(), -5e-4, 5e-4);
    }

    [SkippableFact]
    public void Greedy_ids_are_those_of_Transformers()
    {
        var (folder, expected) = Fixture();
        var generation = expected["generation"]!;
        var lines = Lines(Rows(generation["prompts"]!).Select(p => new JsonObject { ["input_ids"] = List(p) }));
        var count = generation["max_new_tokens"]!.ToString();

        var answers = Run("generate", folder, lines, "--max-tokens", count, "--ignore-eos");
        Assert.Equal(Rows(generation["tokens"]!), answers.Select(a => Ints(a["ids"]!)));

        // Rows that come after others end must not be answered otherwise.
        var alone = Run("generate", folder, lines, "--max-tokens", count, "--ignore-eos", "--batch", "1");
        Assert.Equal(answers.Select(a => a.ToJsonString()), alone.Select(a => a.ToJsonString()));
    }

    [SkippableFact]
    public void Texts_end_as_the_tokenizer_ends_them_on_both_sides()
    {
        using var folder = TinyT5.Folder();
        var tokenizer = Tokenizer.Load(folder.Path);
        var (prompt, completion) = ("turn on the lamp", " light");
        int[] source = tokenizer.EncodeIds(prompt);
        Assert.Equal(0, source[^1]);
        int[] target = [.. tokenizer.EncodeIds(completion, addSpecialTokens: false), 0];

        var byText = Run(
            "score",
            folder.Path,
            Lines([new JsonObject { ["prompt"] = prompt, ["completion"] = completion }])
        );
        var byIds = Run(
            "score",
            folder.Path,
            Lines([new JsonObject { ["input_ids"] = List(source), ["labels"] = List(target) }])
        );
        Assert.Equal(byIds[0].ToJsonString(), byText[0].ToJsonString());
        Assert.Equal(target.Length, byText[0]["tokens"]!.GetValue<int>());

        var text = Run("generate", folder.Path, Lines([new JsonObject { ["prompt"] = prompt }]), "--max-tokens", "6");
        var ids = Run(
            "generate",
            folder.Path,
            Lines([new JsonObject { ["input_ids"] = List(source) }]),
            "--max-tokens",
            "6"
        );
        Assert.Equal(ids[0].ToJsonString(), text[0].ToJsonString());
    }

    [SkippableFact]
    public void A_row_without_a_token_to_read_is_refused_and_one_without_labels_scores_nothing()
    {
        using var folder = TinyT5.Folder();
        var result = ToolProcess.Run(
            folder.Path,
            ["score", "--model", folder.Path, "--keep-going"],
            """
            {"input_ids":[],"labels":[5]}
            {"input_ids":[5,6],"labels":[-100]}
            {"input_ids":[5,6],"labels":[4000]}

            """
        );
        Assert.Equal(3, result.ExitCode);
        var rows = Parse(result.Out);
        Assert.Contains("encoder", rows[0]["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, rows[1]["tokens"]!.GetValue<int>());
        Assert.Contains("vocabulary", rows[2]["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static (string Folder, JsonNode Expected) Fixture()
    {
        var folder = Path.Combine(FixtureRoots.Shared ?? "", "testdata", "fixtures", "models", "t5");
        Skip.IfNot(FixtureRoots.Shared is not null && Directory.Exists(folder), "no fixtures of models/t5");
        return (folder, JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!);
    }

    private static JsonNode[] Run(string verb, string folder, string input, params string[] more)
    {
        using var place = Scratch.New();
        var result = ToolProcess.Run(place.Path, [verb, "--model", folder, .. more], input);
        Assert.True(result.ExitCode == 0, result.Error);
        return Parse(result.Out);
    }

    private static JsonNode[] Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private static string Lines(IEnumerable<JsonObject> rows) =>
        string.Concat(rows.Select(row => row.ToJsonString() + "\n"));

    private static int[][] Rows(JsonNode rows) => [.. rows.AsArray().Select(row => Ints(row!))];

    private static int[] Ints(JsonNode row) => [.. row.AsArray().Select(id => id!.GetValue<int>())];

    private static JsonArray List(IEnumerable<int> ids) => [.. ids.Select(id => (JsonNode)id)];
}
