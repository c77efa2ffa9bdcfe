using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers;
using Finetune.Stages.Artifacts;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Pipelines whose templates are messages, from rows to the exported folder, on the real process.</summary>
public sealed class ConversationRunTests
{
    private const string ChatTemplate =
        "{% for m in messages %}<|endoftext|>{{ m.role }}\n{{ m.content | trim }}<|endoftext|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|endoftext|>assistant\n{% endif %}";

    private const string Written = """
        version: 1
        name: chat
        seed: 7
        sources: { requests: { path: household.csv } }
        splits: { from: requests, train: 0.7, validation: 0.1, test: 0.2, by: random }
        templates:
          ask:
            messages:
              - { role: system, content: "Name the intent." }
              - { role: user, content: "{{ request }}" }
              - { role: assistant, content: "{{ intent }}" }
            answer: intent
            choices: distinct
        model: { base: base }
        training: [{ name: instruct, epochs: 12, batch_size: 8, learning_rate: 2.0e-3 }]
        evaluation: { compare: [zero_shot, { few_shot: 2 }, tuned] }
        export: [{ format: huggingface, to: out }]

        """;

    private const string Rows = """
        version: 1
        name: rows
        sources: { rows: { path: rows.jsonl } }
        splits: { from: rows, train: 0.7, validation: 0.1, test: 0.2, by: random }
        templates: { chat: { messages: { column: messages } } }
        model: { base: base }
        training: [{ name: instruct, max_steps: 20, batch_size: 8, learning_rate: 2.0e-3 }]
        evaluation: { compare: [zero_shot, { few_shot: 1 }, tuned], generate: { max_tokens: 8 } }

        """;

    [SkippableFact]
    public void Written_messages_train_answer_and_export()
    {
        using var folder = Folder(Written);

        var run = folder.Run();

        Assert.True(run.ExitCode == 0, run.Error);
        var metrics = run.RunFinished["metrics"]!;
        Assert.True((double)metrics["tuned.accuracy"]! > (double)metrics["zero_shot.accuracy"]! + 0.2, $"{metrics}");
        Assert.Equal("", folder.Run().Executed);

        // What the model is asked is what the chat template writes, examples as earlier turns behind the system's.
        var shots = Workspace.Lines(run.PathOf("evaluate.few_shot_2", "predictions"))[0];
        var prompt = (string)shots["prompt"]!;
        Assert.StartsWith("<|endoftext|>system\nName the intent.<|endoftext|>\n<|endoftext|>user\n", prompt);
        Assert.Equal(2, prompt.Split("<|endoftext|>system\n").Length);
        Assert.Equal(4, prompt.Split("<|endoftext|>user\n").Length);
        Assert.EndsWith("<|endoftext|>assistant\n", prompt, StringComparison.Ordinal);

        // Special tokens are in the text once, and the answer with its end alone carries loss.
        var tokenizer = Tokenizer.Load(Path.Combine(folder.Folder, "base"));
        var example = Workspace.Lines(run.PathOf("render", "train"))[0];
        using var tokens = TokenFile.Open(run.PathOf("tokenize", "train"));
        var first = tokens.Example(0);
        Assert.Equal(
            tokenizer.EncodeIds($"{example["prompt"]}{example["completion"]}<|endoftext|>", addSpecialTokens: false),
            first.InputIds
        );
        Assert.Equal(
            $"{example["completion"]}<|endoftext|>",
            tokenizer.Decode([.. first.InputIds.Where((_, i) => first.LossMask[i])])
        );

        CheckExport(folder, run);
        CheckPredict(folder, run);
    }

    [SkippableFact]
    public void Rows_that_are_conversations_carry_loss_in_every_turn_of_the_assistant()
    {
        using var folder = Folder(Rows);

        var run = folder.Run();

        Assert.True(run.ExitCode == 0, run.Error);
        var tokenizer = Tokenizer.Load(Path.Combine(folder.Folder, "base"));
        var examples = Workspace.Lines(run.PathOf("render", "train"));
        using var tokens = TokenFile.Open(run.PathOf("tokenize", "train"));
        Assert.Equal(examples.Length, tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            var example = tokens.Example(i);
            var answers = examples[i]["chat"]!["messages"]!
                .AsArray()
                .Where(m => (string)m!["role"]! == "assistant")
                .Select(m => $"{m!["content"]}<|endoftext|>");
            Assert.Equal(
                string.Concat(answers),
                tokenizer.Decode([.. example.InputIds.Where((_, at) => example.LossMask[at])])
            );
        }

        var tuned = Workspace.Lines(run.PathOf("evaluate.tuned", "predictions"));
        Assert.All(tuned, answer => Assert.EndsWith("<|endoftext|>assistant\n", (string)answer["prompt"]!));
        Assert.Equal("", folder.Run("--set", "templates.chat.loss=all").Executed);
        var last = folder.Run("--set", "templates.chat.loss=last", "--until", "tokenize");
        Assert.Equal("render tokenize", last.Executed);
    }

    [SkippableFact]
    public void Rows_that_are_no_conversations_are_all_told()
    {
        using var folder = Folder(Rows);
        var path = Path.Combine(folder.Folder, "rows.jsonl");
        var rows = File.ReadAllLines(path);
        rows[1] = """{"messages":[{"role":"user","content":"a"}]}""";
        rows[4] = """{"messages":"hello"}""";
        rows[6] = """{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""";
        File.WriteAllLines(path, rows);

        var run = folder.Run("--until", "render");

        Assert.Equal(3, run.ExitCode);
        foreach (var row in new[] { "row 2:", "row 5:", "row 7:" })
        {
            Assert.Contains(row, run.Error, StringComparison.Ordinal);
        }

        Assert.Contains("FT3408", run.Error, StringComparison.Ordinal);
    }

    // The chat template goes with the model, so that other programs ask as it was trained.
    private static void CheckExport(Workspace folder, ToolProcess run)
    {
        var exported = Path.Combine(folder.Folder, "out");
        Assert.Equal(ChatTemplate, File.ReadAllText(Path.Combine(exported, "chat_template.jinja")));
        var card = JsonNode.Parse(File.ReadAllText(Path.Combine(exported, "finetune.json")))!;
        Assert.Equal("{{ request }}", (string?)card["templates"]![0]!["messages"]![1]!["content"]);

        var answer = Workspace.Lines(run.PathOf("evaluate.tuned", "predictions")).First(a => (bool)a["correct"]!);
        var test = Workspace.Lines(run.PathOf("render", "test")).First(e => (long)e["row"]! == (long)answer["row"]!);
        var messages = test["chat"]!["messages"]!.AsArray();
        messages.RemoveAt(messages.Count - 1);
        var asked = new JsonObject { ["messages"] = messages.DeepClone() };
        var generated = ToolProcess.Run(
            folder.Folder,
            ["generate", "--model", "out", "--max-tokens", "12"],
            asked.ToJsonString() + "\n"
        );
        Assert.True(generated.ExitCode == 0, generated.Error);
        Assert.Equal("eos", (string?)JsonNode.Parse(generated.Out)!["stop"]);
    }

    // New rows have no answer, and get the one that the evaluation gave them.
    private static void CheckPredict(Workspace folder, ToolProcess run)
    {
        var answers = Workspace.Lines(run.PathOf("evaluate.tuned", "predictions"));
        var requests = answers
            .Select(a => ((string)a["prompt"]!).Split("user\n")[1].Split("<|endoftext|>")[0])
            .Select(request => JsonSerializer.Serialize(new { request }));
        var predicted = ToolProcess.Run(folder.Folder, ["predict"], string.Join('\n', requests) + "\n");
        Assert.True(predicted.ExitCode == 0, predicted.Error);
        var lines = predicted.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            answers.Select(a => (string)a["prediction"]!),
            lines.Select(line => (string)JsonNode.Parse(line)!["prediction"]!)
        );
    }

    private static Workspace Folder(string document)
    {
        var folder = new Workspace();
        File.WriteAllText(folder.Pipeline, document);
        Workspace.CopyBase(Path.Combine(folder.Folder, "base"), ChatTemplate);
        var rows = folder
            .Requests.Chunk(2)
            .Where(pair => pair.Length == 2)
            .Select(pair => new JsonObject { ["messages"] = new JsonArray([.. pair.SelectMany(Turns)]) });
        File.WriteAllLines(Path.Combine(folder.Folder, "rows.jsonl"), rows.Select(row => row.ToJsonString()));
        return folder;
    }

    private static IEnumerable<JsonNode> Turns((string Request, string Intent) row) =>
        [
            new JsonObject { ["role"] = "user", ["content"] = row.Request },
            new JsonObject { ["role"] = "assistant", ["content"] = row.Intent },
        ];
}
