using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Preference training on the real process, from rows with a better and a worse answer.</summary>
public sealed class PreferenceRunTests
{
    private const string Pairs = """
        version: 1
        name: pairs
        seed: 7
        sources: { pairs: { path: pairs.jsonl } }
        splits: { from: pairs, train: 0.7, validation: 0.1, test: 0.2, by: random }
        templates:
          ask:
            prompt: "Request: {{ request }}\nIntent:"
            completion: " {{ good }}"
            rejected: " {{ bad }}"
            answer: good
            choices: distinct
        model: { base: "builtin:tiny", adapter: { kind: lora, rank: 8 } }
        training:
          - { name: instruct, epochs: 1, batch_size: 8, learning_rate: 2.0e-3, objective: preference }
        evaluation: { compare: [zero_shot, tuned] }

        """;

    [SkippableFact]
    public void Dpo_learns_what_is_preferred_and_its_reference_is_computed_once()
    {
        using var work = Folder(Pairs);
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        var log = Workspace.Lines(run.PathOf("train.instruct", "log"));
        var steps = log.Where(l => l["loss"] is not null).ToArray();
        // A fresh adapter changes nothing: the model is its own reference.
        Assert.Equal(Math.Log(2), (double)steps[0]["loss"]!, 1e-5);
        Assert.Equal(0, (double)steps[0]["rewards/margins"]!, 1e-4);
        Assert.True((double)steps[^1]["rewards/margins"]! > 0.5, $"{steps[^1]}");
        var validation = log.Last(l => l["validation_loss"] is not null);
        Assert.True((double)validation["validation_accuracy"]! > 0.6, $"{validation}");
        Assert.True((double)validation["validation_loss"]! < Math.Log(2), $"{validation}");
        Assert.Contains("Rewards", File.ReadAllText(run.PathOf("report", "html")), StringComparison.Ordinal);

        Assert.Equal("", work.Run().Executed);
        work.Edit("pipeline.yml", "objective: preference", "objective: preference, preference: { loss: ipo }");
        var other = work.Run("--until", "train.instruct");
        Assert.Equal("train.instruct", other.Executed);
    }

    [SkippableFact]
    public void A_killed_run_ends_with_the_same_bytes()
    {
        using var whole = Folder(Pairs);
        using var cut = Folder(Pairs);
        var expected = whole.Run("--until", "train.instruct");
        Assert.True(expected.ExitCode == 0, expected.Error);
        Cut.KillAtStep(cut, 6);
        var resumed = cut.Run("--until", "train.instruct");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        foreach (var output in new[] { "log", "model", "summary" })
        {
            Assert.Equal(
                Workspace.Digest(expected.PathOf("train.instruct", output)),
                Workspace.Digest(resumed.PathOf("train.instruct", output))
            );
        }
    }

    [SkippableFact]
    public void Stages_go_from_instruction_to_preference_without_a_reference()
    {
        using var work = Folder(Pairs);
        work.Edit(
            "pipeline.yml",
            "objective: preference }",
            "max_steps: 4 }\n  - { name: prefer, max_steps: 6, learning_rate: 1.0e-3, objective: preference, preference: { loss: orpo } }"
        );
        work.Edit("pipeline.yml", "epochs: 1, ", "");
        var run = work.Run("--until", "train.prefer");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("reference.", run.Executed, StringComparison.Ordinal);
        Assert.All(
            Workspace.Lines(run.PathOf("train.prefer", "log")).Where(l => l["loss"] is not null),
            l => Assert.NotNull(l["nll_loss"])
        );
    }

    [SkippableFact]
    public void Conversations_that_begin_otherwise_are_told_by_row()
    {
        var template = Pairs[
            Pairs.IndexOf("    prompt:", StringComparison.Ordinal)..Pairs.IndexOf("model:", StringComparison.Ordinal)
        ];
        using var work = Folder(Pairs);
        work.Edit("pipeline.yml", template, "    messages: { column: chosen, rejected: rejected }\n");
        work.Edit("pipeline.yml", "builtin:tiny", "base");
        var run = work.Run("--until", "tokenize");
        Assert.True(run.ExitCode == 0, run.Error);
        var examples = Workspace.Lines(run.PathOf("render", "train"));
        Assert.All(examples, e => Assert.NotEqual((string)e["completion"]!, (string)e["rejected"]!));

        var path = Path.Combine(work.Folder, "pairs.jsonl");
        var rows = File.ReadAllLines(path);
        var number = (int)examples[0]["row"]!;
        var other = JsonNode.Parse(rows[number - 1])!;
        other["rejected"]![0]!["content"] = "something else";
        rows[number - 1] = other.ToJsonString();
        File.WriteAllLines(path, rows);
        var broken = work.Run("--until", "render");
        Assert.Equal(3, broken.ExitCode);
        Assert.Contains("FT3410", broken.Error, StringComparison.Ordinal);
        Assert.Contains($"row {number}:", broken.Error, StringComparison.Ordinal);
    }

    private static Workspace Folder(string document)
    {
        var work = new Workspace();
        File.WriteAllText(work.Pipeline, document);
        var rows = work.Requests;
        string[] intents = [.. rows.Select(r => r.Intent).Distinct().Order(StringComparer.Ordinal)];
        File.WriteAllLines(
            Path.Combine(work.Folder, "pairs.jsonl"),
            rows.Select((row, i) => Pair(row.Request, row.Intent, intents.Where(n => n != row.Intent).ElementAt(i % 3)))
        );
        Workspace.CopyBase(
            Path.Combine(work.Folder, "base"),
            "{% for m in messages %}{{ m.role }}:\n{{ m.content }}<|endoftext|>\n{% endfor %}"
                + "{% if add_generation_prompt %}assistant:\n{% endif %}"
        );
        return work;
    }

    private static string Pair(string request, string good, string bad) =>
        new JsonObject
        {
            ["request"] = request,
            ["good"] = good,
            ["bad"] = bad,
            ["chosen"] = Turns(request, good),
            ["rejected"] = Turns(request, bad),
        }.ToJsonString();

    private static JsonArray Turns(string request, string answer) =>
        [
            new JsonObject { ["role"] = "user", ["content"] = request },
            new JsonObject { ["role"] = "assistant", ["content"] = answer },
        ];
}
