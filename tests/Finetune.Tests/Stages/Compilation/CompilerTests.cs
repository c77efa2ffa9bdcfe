using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Compilation;

namespace Finetune.Tests.Stages.Compilation;

public sealed class CompilerTests
{
    [Fact]
    public void The_designs_own_pipeline_has_the_designs_steps()
    {
        using var folder = new PipelineFolder();
        var compiled = folder.Compile();
        Assert.Equal(
            [
                "ingest.messages",
                "split",
                "render",
                "tokenize",
                "train.instruct",
                "evaluate.zero_shot",
                "evaluate.few_shot_4",
                "evaluate.tuned",
                "verdict",
                "export.huggingface",
                "report",
            ],
            compiled.Plan.Steps.Select(s => s.Name)
        );
        Assert.Empty(compiled.Warnings);
        Assert.Equal("tuned.accuracy >= zero_shot.accuracy + 0.05", Assert.Single(compiled.Require).Text);
        Assert.Equal(
            Path.Combine(folder.Root, "out", "model"),
            compiled.Plan.Find("export.huggingface")!.Placement!.Target
        );
    }

    [Fact]
    public void Every_input_comes_from_an_earlier_step_that_leaves_it()
    {
        using var folder = new PipelineFolder();
        var steps = folder.Compile().Plan.Steps;
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var input in steps[i].Inputs.OfType<OutputInput>())
            {
                var from = steps.Take(i).Single(s => s.Name == input.Step);
                Assert.Contains(from.Stage.Outputs, o => o.Name == input.Output);
            }
        }
    }

    [Fact]
    public void Zero_shot_hangs_on_base_rows_and_choices_only()
    {
        using var folder = new PipelineFolder();
        var step = folder.Compile().Plan.Find("evaluate.zero_shot")!;
        Assert.Equal(["base", "tokenizer", "test", "choices"], step.Inputs.Select(i => i.Name));
        Assert.Equal(["precision", "library", "device"], step.Ambient.Keys.OrderDescending());
        Assert.Equal(0, (long)step.Settings["seed"]!);
        Assert.Equal(17, (long)folder.Compile().Plan.Find("evaluate.few_shot_4")!.Settings["seed"]!);
    }

    [Fact]
    public void Every_seed_trains_and_answers_by_itself()
    {
        using var folder = new PipelineFolder();
        var alone = folder.Compile().Plan;
        folder.Text = folder.Text.Replace("seed: 17\n", "seed: 17\nseeds: [5, 17, 3]\n", StringComparison.Ordinal);
        var plan = folder.Compile().Plan;

        Assert.Equal(
            ["train.instruct", "train.instruct.seed_17", "train.instruct.seed_3"],
            plan.Steps.Where(s => s.Kind == "train").Select(s => s.Name)
        );
        Assert.Equal([5, 17, 3], plan.Steps.Where(s => s.Kind == "train").Select(s => (long)s.Settings["seed"]!));

        // The document's own seed makes what it makes without the others, so that nothing is trained again.
        Assert.True(
            JsonNode.DeepEquals(alone.Find("train.instruct")!.Settings, plan.Find("train.instruct.seed_17")!.Settings)
        );
        Assert.True(
            JsonNode.DeepEquals(alone.Find("evaluate.few_shot_4")!.Settings, plan.Find("evaluate.few_shot_4")!.Settings)
        );
        var model = plan.Find("evaluate.tuned.seed_3")!.Inputs.OfType<OutputInput>().Single(i => i.Name == "model");
        Assert.Equal("train.instruct.seed_3", model.Step);
        Assert.Equal(
            ["predictions.tuned.seed_17", "predictions.tuned.seed_3"],
            plan.Find("verdict")!.Inputs.Select(i => i.Name).Where(n => n.Contains("seed", StringComparison.Ordinal))
        );
        Assert.Equal(
            "train.instruct",
            plan.Find("export.huggingface")!.Inputs.OfType<OutputInput>().First(i => i.Output == "model").Step
        );
    }

    [Fact]
    public void General_questions_and_other_models_are_steps_of_their_own()
    {
        using var folder = new PipelineFolder();
        folder.Text = folder
            .Text.Replace(
                "\nsplits:",
                "\n  trivia: { path: data/messages.csv, columns: { question: text } }\n\nsplits:",
                StringComparison.Ordinal
            )
            .Replace(
                "  terse: {",
                "  quiz: { prompt: \"{{ question }}?\", completion: \" {{ category }}\" }\n  terse: {",
                StringComparison.Ordinal
            )
            .Replace(
                "\nevaluation:\n",
                "  - { name: polish, epochs: 1 }\n\nevaluation:\n  general: { source: trivia, templates: [quiz] }\n",
                StringComparison.Ordinal
            )
            .Replace(
                "{ few_shot: 4 }, tuned]",
                "{ stage: instruct }, { name: v1, model: models/tiny }, tuned]",
                StringComparison.Ordinal
            )
            .Replace(
                "tuned.accuracy >= zero_shot.accuracy + 0.05",
                "(tuned.general - zero_shot.general).low > -0.1",
                StringComparison.Ordinal
            );
        var compiled = folder.Compile();
        var plan = compiled.Plan;

        Assert.Empty(compiled.Warnings);
        Assert.Equal(
            [
                "evaluate.general.zero_shot",
                "evaluate.general.tuned",
                "evaluate.zero_shot",
                "evaluate.after_instruct",
                "evaluate.v1",
                "evaluate.tuned",
            ],
            plan.Steps.Where(s => s.Kind == "evaluate").Select(s => s.Name)
        );

        // What only general questions use is no business of the other rows, nor of training.
        Assert.Equal(["ask", "terse"], plan.Find("render")!.Settings["training"]!.AsArray().Select(n => (string)n!));
        Assert.Equal(
            ["ask", "terse"],
            plan.Find("train.polish")!.Settings["templates"]!.AsArray().Select(n => (string)n!)
        );
        Assert.Equal(["quiz"], plan.Find("render.general")!.Settings["evaluation"]!.AsArray().Select(n => (string)n!));
        Assert.All(
            plan.Find("render.general")!.Inputs.OfType<OutputInput>(),
            i => Assert.Equal("ingest.trivia", i.Step)
        );
        Assert.Equal("train.instruct", Input("evaluate.after_instruct", "model").Step);
        Assert.Equal("train.polish", Input("evaluate.tuned", "model").Step);
        Assert.Equal("render.general", Input("evaluate.general.tuned", "test").Step);
        Assert.DoesNotContain(plan.Find("evaluate.v1")!.Inputs, i => i.Name == "model");
        Assert.All(
            plan.Find("evaluate.v1")!.Inputs.OfType<FileInput>().SelectMany(i => i.Paths),
            path => Assert.Contains("tiny", path, StringComparison.Ordinal)
        );

        OutputInput Input(string step, string name) =>
            plan.Find(step)!.Inputs.OfType<OutputInput>().Single(i => i.Name == name);
    }

    [Fact]
    public void The_smallest_document_takes_every_default()
    {
        using var folder = new PipelineFolder();
        folder.Text = """
            version: 1
            name: small
            sources: { rows: { path: data/messages.csv } }
            splits: { from: rows, train: 0.8, validation: 0.1, test: 0.1 }
            templates: { ask: { prompt: "{{ text }}", completion: " {{ category }}" } }
            model: { base: models/tiny }
            training: [{ name: tune }]
            """;
        var plan = folder.Compile().Plan;
        var train = plan.Find("train.tune")!.Settings;
        Assert.Equal(2e-5, (double)train["learning_rate"]!);
        Assert.Equal(3, (int)train["epochs"]!);
        Assert.Equal(16, (int)train["batch_size"]!);
        Assert.Null(train["micro_batch_size"]);
        Assert.Null(train["validate_every"]);
        Assert.Equal("cosine", (string)train["schedule"]!);
        Assert.Equal(0.03, (double)train["warmup_ratio"]!);
        Assert.Equal(0.1, (double)train["floor"]!);
        Assert.Equal("validation_loss", (string)train["keep"]!);
        Assert.Equal(512, (int)train["max_length"]!);
        Assert.Equal("hash", (string)plan.Find("split")!.Settings["by"]!);
        Assert.Equal(["verdict", "report"], plan.Steps.TakeLast(2).Select(s => s.Name));
        Assert.NotNull(plan.Find("evaluate.zero_shot"));
        Assert.NotNull(plan.Find("evaluate.tuned"));
    }

    [Theory]
    [InlineData("training[0].schedule=linear", "train.instruct", "warmup_ratio", "0")]
    [InlineData(
        "training[0].schedule={kind: linear, warmup_steps: 4, floor: 0}",
        "train.instruct",
        "warmup_steps",
        "4"
    )]
    [InlineData("training[0].schedule={kind: linear}", "train.instruct", "floor", "0.1")]
    [InlineData("training[0].keep=last", "train.instruct", "keep", "\"last\"")]
    [InlineData(
        "model.adapter.targets=[q_proj, v_proj]",
        "train.instruct",
        "adapter.targets",
        "[\"q_proj\",\"v_proj\"]"
    )]
    [InlineData("model.precision=auto", "train.instruct", "precision", "\"fp32\"")]
    [InlineData("splits={from: messages, by: {field: {column: part}}}", "split", "field", "\"part\"")]
    [InlineData("splits={from: messages, by: random, train: 0.9, test: 0.1}", "split", "by", "\"random\"")]
    [InlineData("templates.ask.choices=[a, b]", "render", "templates[0].choices.list", "[\"a\",\"b\"]")]
    [InlineData("sources.messages.path=data/*.csv", "ingest.messages", "format", "\"csv\"")]
    public void Variants_compile(string setting, string step, string key, string expected)
    {
        using var folder = new PipelineFolder();
        File.Delete(Path.Combine(folder.Root, "data", "empty.csv"));
        File.Delete(Path.Combine(folder.Root, "data", "twice.csv"));
        string[] more = setting.Contains("train: 0.9", StringComparison.Ordinal)
            ? ["training[0].keep=last", "training[0].early_stop=1"]
            : [];
        if (more.Length > 0 || setting.EndsWith("keep=last", StringComparison.Ordinal))
        {
            folder.Text = folder
                .Text.Replace("    early_stop: 5\n", "", StringComparison.Ordinal)
                .Replace("    validate: { every: 50 }\n", "", StringComparison.Ordinal);
            more = more.Length > 0 ? more[..1] : more;
        }

        JsonNode? node = folder.Compile([setting, .. more]).Plan.Find(step)!.Settings;
        foreach (var part in key.Split('.'))
        {
            node = part.EndsWith("[0]", StringComparison.Ordinal) ? node![part[..^3]]![0] : node![part];
        }

        Assert.Equal(expected, node!.ToJsonString());
    }

    [Fact]
    public void A_source_for_each_split_compiles()
    {
        using var folder = new PipelineFolder();
        folder.Text = """
            version: 1
            name: three
            sources: { a: { path: data/train.jsonl }, b: { path: data/test.jsonl } }
            splits: { train: a, test: b, overlap: warn }
            templates: { ask: { prompt: "{{ message }}", completion: " {{ intent }}", answer: intent, choices: distinct } }
            model: { config: models/tiny, init: random, tokenizer: models/tiny }
            training: [{ name: one, objective: language-model, max_steps: 5 }, { name: two }]
            evaluation: { compare: [tuned] }
            """;
        var compiled = folder.Compile();
        Assert.Equal(["train", "test"], compiled.Plan.Find("split")!.Inputs.Select(i => i.Name));
        Assert.Equal(
            "train.one",
            ((OutputInput)compiled.Plan.Find("train.two")!.Inputs.Single(i => i.Name == "start")).Step
        );
        var first = compiled.Plan.Find("train.one")!;
        Assert.True((bool)first.Settings["random_initialisation"]!);
        Assert.Equal("last", (string)first.Settings["keep"]!);
        var files = Assert.IsType<FileInput>(first.Inputs[0]).Paths.Select(p => Path.GetFileName(p));
        Assert.Equal(["config.json"], files);
        Assert.Equal("train.two", compiled.Prediction.TrainStep);
    }

    [Fact]
    public void A_limit_goes_to_every_source()
    {
        using var folder = new PipelineFolder();
        var plan = Compiler.Compile(folder.Read(), new CompileOptions { Limit = 7 }).Plan;
        Assert.Equal(7, (long)plan.Find("ingest.messages")!.Settings["limit"]!);
    }

    [Fact]
    public void A_measured_precision_is_used()
    {
        using var folder = new PipelineFolder();
        File.WriteAllText(Path.Combine(folder.Root, "measured.json"), """{"precision":"bf16"}""");
        var options = new CompileOptions { StoreRoot = folder.Root };
        var plan = Compiler.Compile(folder.Read("model.precision=auto"), options).Plan;
        Assert.Equal("bf16", plan.Find("train.instruct")!.Ambient["precision"]);
    }

    [Fact]
    public void A_device_is_in_the_keys_of_what_computes_and_its_number_is_not()
    {
        using var folder = new PipelineFolder();
        var usual = folder.Compile();
        Assert.Equal("cpu", usual.Device);
        var first = folder.Compile("model.device=cuda");
        var second = Compiler.Compile(folder.Read(), new CompileOptions { Device = "cuda:1" });
        var found = Compiler.Compile(folder.Read("model.precision=auto"), new CompileOptions { UsualDevice = "cuda" });

        Assert.Equal(("cuda", "cuda:1", "cuda"), (first.Device, second.Device, found.Device));
        foreach (var name in new[] { "train.instruct", "evaluate.tuned" })
        {
            Assert.Equal("cpu", usual.Plan.Find(name)!.Ambient["device"]);
            Assert.Equal("cuda", second.Plan.Find(name)!.Ambient["device"]);
            Assert.Equal("bf16", found.Plan.Find(name)!.Ambient["precision"]);
            Assert.Equal(first.Plan.Find(name)!.Ambient, second.Plan.Find(name)!.Ambient);
            Assert.Equal("cuda:1", (string)second.Plan.Find(name)!.Private["device"]!);
            Assert.Null(usual.Plan.Find(name)!.Private["device"]);
        }

        Assert.Equal(first.Document.ToJsonString(), second.Document.ToJsonString());
        Assert.DoesNotContain("device", usual.Document.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_document_as_compiled_has_defaults_and_no_paths()
    {
        using var folder = new PipelineFolder();
        var json = folder.Compile().Document.ToJsonString();
        Assert.DoesNotContain(folder.Root, json, StringComparison.Ordinal);
        Assert.DoesNotContain("messages.csv", json, StringComparison.Ordinal);
        Assert.Contains("\"validate_every\":50", json, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_built_in_model_is_told()
    {
        using var folder = new PipelineFolder();
        var error = Assert.Throws<PipelineException>(() => folder.Compile("model.base=builtin:none-of-that-name"));
        Assert.Equal("FT7103", Assert.Single(error.Diagnostics).Code);
    }

    [Fact]
    public void Gates_of_the_command_line_are_checked_and_come_last()
    {
        using var folder = new PipelineFolder();
        var options = new CompileOptions { Require = ["tuned.accuracy > 0.5"] };
        Assert.Equal("tuned.accuracy > 0.5", Compiler.Compile(folder.Read(), options).Require[^1].Text);
        var error = Assert.Throws<PipelineException>(() =>
            Compiler.Compile(
                folder.Read(),
                new CompileOptions { Require = ["tuned.accuracy > 0.5", "tunde.accuracy > 0"] }
            )
        );
        Assert.Equal(new SourceSpan("--require", 2, 1, 5), Assert.Single(error.Diagnostics).Span);
    }

    [Fact]
    public void Keys_name_the_libraries_that_are_referenced()
    {
        using var folder = new PipelineFolder();
        var library = folder.Compile().Plan.Find("train.instruct")!.Ambient["library"];
        var versions = File.ReadAllText(
            Path.Combine(PipelineFolder.Source("World"), "../../../../../Directory.Packages.props")
        );
        foreach (var package in library.Split(", "))
        {
            var (name, version) = (package.Split(' ')[0], package.Split(' ')[1]);
            var id = name == "libtorch" ? "libtorch-cpu-linux-x64" : name;
            Assert.Contains($"Include=\"{id}\" Version=\"{version}\"", versions, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Pre_training_needs_no_prompt_and_no_test()
    {
        using var folder = new PipelineFolder();
        folder.Text = """
            version: 1
            name: pretrain
            sources: { lines: { path: data/train.jsonl } }
            splits: { from: lines, train: 0.9, validation: 0.1 }
            templates: { text: { prompt: "", completion: "{{ message }}" } }
            model: { config: models/tiny, init: random }
            training: [{ name: one, objective: language-model }]
            export: [{ format: huggingface, to: out }]
            """;
        var compiled = folder.Compile();
        Assert.DoesNotContain(compiled.Plan.Steps, s => s.Kind == "evaluate");
        Assert.Empty(compiled.Warnings);
    }
}
