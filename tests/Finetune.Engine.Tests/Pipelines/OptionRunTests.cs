using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Training options on the real process, each stage with its own.</summary>
public sealed class OptionRunTests
{
    private const string Stage =
        "  - { name: instruct, templates: [ask], epochs: 2, batch_size: 8, learning_rate: 1.0e-3, validate: { every: 10 } }";

    private const string Stages = """
          - name: pretrain
            objective: language-model
            max_steps: 12
            batch_size: 8
            micro_batch_size: 4
            learning_rate: 1.0e-3
            schedule: { kind: cosine_warmup_with_min_lr, warmup_steps: 2, floor: 0.1, warmup_floor: 0.2 }
            optimizer: { kind: muon, weight_decay: 0.01, no_decay: [embed_tokens] }
            ema_decay: 0.9
            layer_lr_decay: 0.9
            z_loss: 1.0e-4
            log: [noise_scale, entropy, mean_token_accuracy]
          - name: instruct
            templates: [ask]
            max_steps: 12
            batch_size: 8
            learning_rate: 1.0e-3
            optimizer: adafactor
            neftune_noise_alpha: 5
            label_smoothing: 0.1
            max_grad_norm: 0
            optimizer_in_backward: true
            freeze: [embed_tokens, layers.0]
            loss_watchdog: { factor: 10 }
            max_minutes: 600
        """;

    [SkippableFact]
    public void Stages_have_options_of_their_own()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", Stage, Stages);
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        var first = Workspace.Lines(run.PathOf("train.pretrain", "log"));
        Assert.Contains(first, l => l["gradient_noise_scale"] is not null);
        Assert.All(
            first.Where(l => l["loss"] is not null),
            l =>
            {
                Assert.InRange((double)l["entropy"]!, 0, Math.Log(1e6));
                Assert.InRange((double)l["mean_token_accuracy"]!, 0, 1);
            }
        );
        Assert.Equal(2e-4, (double)first[0]["learning_rate"]!, 1e-9);
        var second = Workspace.Lines(run.PathOf("train.instruct", "log"));
        Assert.All(second, l => Assert.Null(l["gradient_noise_scale"]));
        var summary = JsonNode.Parse(File.ReadAllText(run.PathOf("train.instruct", "summary")))!;
        Assert.True((long)summary["trainable_parameters"]! < (long)summary["parameters"]!);
        Assert.Null(summary["out_of_time"]);
    }

    [SkippableFact]
    public void Answers_while_training_are_in_the_log_and_in_the_report()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "validate: { every: 10 }", "validate: { every: 10, samples: 3 }");
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        var validations = Workspace
            .Lines(run.PathOf("train.instruct", "log"))
            .Where(line => line.ContainsKey("validation_loss"))
            .ToList();
        Assert.All(validations, line => Assert.Equal(3, line["samples"]!.AsArray().Count));
        var rows = validations.Select(line =>
            string.Join(' ', line["samples"]!.AsArray().Select(s => (long)s!["row"]!))
        );
        Assert.Single(rows.Distinct());
        Assert.All(
            validations.SelectMany(line => line["samples"]!.AsArray()),
            s => Assert.Equal((string?)s!["prediction"] == (string?)s["reference"], (bool)s["correct"]!)
        );
        Assert.Contains(
            "What it answered while it trained",
            File.ReadAllText(run.PathOf("report", "html")),
            StringComparison.Ordinal
        );

        // What is logged changes nothing of what is trained.
        using var plain = new Workspace();
        var other = plain.Run();
        Assert.Equal(
            Workspace.Digest(run.PathOf("train.instruct", "model")),
            Workspace.Digest(other.PathOf("train.instruct", "model"))
        );
    }

    [SkippableFact]
    public void A_training_out_of_time_says_so_and_is_cached_like_any()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "epochs: 2, max_minutes: 1.0e-4,");
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        var summary = JsonNode.Parse(File.ReadAllText(run.PathOf("train.instruct", "summary")))!;
        Assert.True((bool)summary["out_of_time"]!);
        Assert.Equal("", work.Run().Executed);
        work.Edit("pipeline.yml", "max_minutes: 1.0e-4", "max_minutes: 60");
        var longer = work.Run();
        Assert.Contains("train.instruct", longer.Executed, StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse(File.ReadAllText(longer.PathOf("train.instruct", "summary")))!["out_of_time"]);
    }

    [SkippableFact]
    public void What_only_the_training_can_find_is_exit_3_with_names()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "epochs: 2, freeze: [layer.0],");
        var unknown = work.Run();
        Assert.Equal(3, unknown.ExitCode);
        Assert.Contains("FT7006", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("'freeze' has 'layer.0', which fits none", unknown.Error, StringComparison.Ordinal);

        work.Edit(
            "pipeline.yml",
            "freeze: [layer.0]",
            "optimizer: sgd, max_grad_norm: 0, schedule: constant, loss_watchdog: { factor: 1.5, patience: 1, window: 1 }"
        );
        work.Edit("pipeline.yml", "1.0e-3", "5.0e+1");
        var spiked = work.Run();
        Assert.Equal(3, spiked.ExitCode);
        Assert.Contains("FT5102", spiked.Error, StringComparison.Ordinal);
        Assert.Contains("training rows ", spiked.Error, StringComparison.Ordinal);
    }
}
