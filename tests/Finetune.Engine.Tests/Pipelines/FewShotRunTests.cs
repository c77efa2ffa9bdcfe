using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Examples in the prompt, chosen in every way.</summary>
public sealed class FewShotRunTests
{
    [SkippableFact]
    public void Every_choice_is_a_contender_with_its_own_prompts()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 1,");
        work.Edit(
            "pipeline.yml",
            "[zero_shot, tuned]",
            "[{ few_shot: 2 }, { few_shot: 2, choose: nearest }, { few_shot: 2, choose: first }, "
                + "{ few_shot: 2, choose: each_label }]"
        );

        var run = work.Run();

        Assert.True(run.ExitCode == 0, run.Error);
        var training = Workspace.Lines(run.PathOf("split", "train")).ToDictionary(r => (long)r["row"]!);
        string Asked(System.Text.Json.Nodes.JsonNode row) => (string)row["values"]!["request"]!;

        var nearest = Workspace.Lines(run.PathOf("evaluate.few_shot_2_nearest", "predictions"));
        var shots = nearest.Select(a => Examples((string)a["prompt"]!)).ToList();
        Assert.All(shots, s => Assert.Equal(3, s.Length));
        Assert.All(shots, s => Assert.Contains(training.Values, row => Asked(row) == s[1]));
        Assert.True(shots.Select(s => s[1]).Distinct().Count() > 10);

        // What is nearest shares words with its question: on average more than any fixed row does.
        Assert.True(shots.Average(s => Shared(s[1], s[2])) > 2 * shots.Average(s => Shared(shots[0][1], s[2])));

        foreach (var name in new[] { "few_shot_2", "few_shot_2_first", "few_shot_2_each_label" })
        {
            var same = Workspace
                .Lines(run.PathOf($"evaluate.{name}", "predictions"))
                .Select(a => string.Join('|', Examples((string)a["prompt"]!)[..2]))
                .Distinct();
            Assert.Single(same);
        }

        var first = Examples(
            (string)Workspace.Lines(run.PathOf("evaluate.few_shot_2_first", "predictions"))[0]["prompt"]!
        );
        Assert.Equal(training.Values.Take(2).Select(Asked), first[..2]);
    }

    [SkippableFact]
    public void Another_way_to_read_an_answer_reruns_no_contender()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "answer: intent, choices: distinct }\n  terse", "answer: intent }\n  terse");
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 30, keep: last,");
        work.Edit("pipeline.yml", "[ask] }\nreport", "[ask], generate: { max_tokens: 12 } }\nreport");
        var plain = work.Run();
        Assert.True(plain.ExitCode == 0, plain.Error);

        // Only the first word of an answer counts now, in the reference too: no fewer are right.
        work.Edit("pipeline.yml", "max_tokens: 12 }", "max_tokens: 12 }, answers: { take: { regex: \"^ *(.)\" } }");
        var read = work.Run();

        Assert.True(read.ExitCode == 0, read.Error);
        Assert.Equal("train.instruct verdict report", read.Executed);
        var kept = File.ReadAllText(
            Path.Combine(work.Folder, ".finetune", "runs", (string)read.RunFinished["run"]!, "run.json")
        );
        Assert.Equal(
            "regex",
            (string?)System.Text.Json.Nodes.JsonNode.Parse(kept)!["settings"]!["evaluation"]!["answers"]!["take"]
        );
        double Accuracy(ToolProcess run) => (double)run.RunFinished["metrics"]!["tuned.accuracy"]!;
        var lines = Workspace.Lines(read.PathOf("evaluate.tuned", "predictions"));
        var alike = lines.Count(l =>
            ((string)l["prediction"]!).Length > 0 && ((string)l["prediction"]!)[0] == ((string)l["reference"]!)[0]
        );
        Assert.Equal(alike / (double)lines.Length, Accuracy(read), 9);
        Assert.True(Accuracy(read) > Accuracy(plain));
        Assert.Equal(
            (double)plain.RunFinished["metrics"]!["tuned.exact_match"]!,
            (double)read.RunFinished["metrics"]!["tuned.exact_match"]!
        );
        File.WriteAllText(Path.Combine(work.Folder, "new.jsonl"), "{\"request\":\"play some music\"}\n");
        var predicted = ToolProcess.Run(work.Folder, ["predict", "--input", "new.jsonl"]);
        Assert.True(predicted.ExitCode == 0, predicted.Error);
        Assert.Contains("\"answer\":", predicted.Out, StringComparison.Ordinal);
    }

    private static string[] Examples(string prompt) =>
        [.. prompt.Split('\n').Where(l => l.StartsWith("Request: ", StringComparison.Ordinal)).Select(l => l[9..])];

    private static int Shared(string one, string other) =>
        one.ToLowerInvariant().Split(' ').Intersect(other.ToLowerInvariant().Split(' ')).Count();
}
