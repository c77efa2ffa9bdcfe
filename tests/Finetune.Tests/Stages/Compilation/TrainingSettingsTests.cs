using System.Text.Json.Nodes;

namespace Finetune.Tests.Stages.Compilation;

/// <summary>What the options of a training stage come to in its step's settings.</summary>
public sealed class TrainingSettingsTests
{
    [Fact]
    public void An_option_at_its_default_is_not_in_the_key()
    {
        using var folder = new PipelineFolder();
        var settings = folder.Compile().Plan.Find("train.instruct")!.Settings;
        Assert.Equal(
            "adapter batch_size beta1 beta2 boundary cycles decay decay_ratio early_stop epochs epsilon floor keep "
                + "learning_rate max_grad_norm max_length max_new_tokens max_steps micro_batch_size objective power "
                + "precision random_initialisation schedule seed shuffle templates validate_every warmup_ratio "
                + "warmup_steps weight_decay",
            string.Join(' ', settings.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal))
        );
    }

    [Theory]
    [InlineData("optimizer=adamw_8bit", "optimizer", """{"kind":"adamw_8bit"}""")]
    [InlineData("optimizer=lion", "beta2", "0.99")]
    [InlineData("optimizer={kind: lion, beta2: 0.98}", "beta2", "0.98")]
    [InlineData("optimizer=sgd", "optimizer", """{"kind":"sgd","momentum":0,"nesterov":false,"dampening":0}""")]
    [InlineData(
        "optimizer=adafactor",
        "optimizer",
        """{"kind":"adafactor","decay_rate":-0.8,"clip_threshold":1,"scale_parameter":false,"relative_step":false,"warmup_init":false}"""
    )]
    [InlineData("optimizer=adafactor", "beta1", "0")]
    [InlineData(
        "optimizer={kind: muon, adjust_lr: original}",
        "optimizer",
        """{"kind":"muon","momentum":0.95,"nesterov":true,"rounds":5,"match_rms":false}"""
    )]
    [InlineData("optimizer={weight_decay: 0.1, no_decay: [embed_tokens]}", "no_decay", """["embed_tokens"]""")]
    [InlineData("schedule={kind: cosine_warmup_with_min_lr, warmup_floor: 0.2}", "warmup_floor", "0.2")]
    [InlineData("loraplus_lr_ratio=16", "loraplus_lr_ratio", "16")]
    [InlineData("layer_lr_decay=0.9", "layer_lr_decay", "0.9")]
    [InlineData("train_only=[lora_B]", "train_only", """["lora_B"]""")]
    [InlineData("freeze=[layers.0]", "freeze", """["layers.0"]""")]
    [InlineData("neftune_noise_alpha=5", "neftune_noise_alpha", "5")]
    [InlineData("label_smoothing=0.1", "label_smoothing", "0.1")]
    [InlineData("z_loss=1.0e-4", "z_loss", "0.0001")]
    [InlineData("ema_decay=0.999", "ema_decay", "0.999")]
    [InlineData("max_minutes=30", "max_minutes", "30")]
    [InlineData("loss_watchdog={}", "loss_watchdog", """{"factor":3,"patience":3,"window":20}""")]
    [InlineData("log=[noise_scale]", "log", """["noise_scale"]""")]
    public void An_option_is_in_the_key(string option, string key, string wanted)
    {
        using var folder = new PipelineFolder();
        var settings = folder.Compile($"training[0].{option}").Plan.Find("train.instruct")!.Settings;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(wanted), settings[key]), settings[key]?.ToJsonString());
    }

    [Theory]
    [InlineData("{}", """{"loss":"dpo","beta":0.1}""")]
    [InlineData("{ loss: cpo }", """{"loss":"cpo","beta":0.1,"nll_weight":1}""")]
    [InlineData("{ loss: simpo }", """{"loss":"simpo","beta":2,"gamma":0.5}""")]
    [InlineData("{ loss: orpo, beta: 0.2 }", """{"loss":"orpo","beta":0.2}""")]
    [InlineData("{ loss: cdpo, label_smoothing: 0.1 }", """{"loss":"cdpo","beta":0.1,"label_smoothing":0.1}""")]
    [InlineData("{ nll_weight: 0.5 }", """{"loss":"dpo","beta":0.1,"nll_weight":0.5}""")]
    public void A_preference_loss_has_the_constants_that_it_uses(string preference, string wanted)
    {
        using var folder = new PipelineFolder();
        folder.Text = folder.Text.Replace("    learning_rate: 2.0e-4\n", "", StringComparison.Ordinal);
        var plan = folder.Compile(Pairs, Ask, Objective, $"training[0].preference={preference}").Plan;
        var settings = plan.Find("train.instruct")!.Settings;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(wanted), settings["preference"]), $"{settings["preference"]}");
        Assert.Equal(1e-5, (double)settings["learning_rate"]!, 1e-12);
        var hasReference = !new[] { "cpo", "simpo", "orpo" }.Contains((string)settings["preference"]!["loss"]!);
        Assert.Equal(hasReference, plan.Find("reference.instruct") is not null);
    }

    [Fact]
    public void What_a_loss_is_made_of_is_not_in_the_reference()
    {
        using var folder = new PipelineFolder();
        var settings = folder.Compile(Pairs, Ask, Objective).Plan.Find("reference.instruct")!.Settings;
        Assert.Equal(
            """{"random_initialisation":false,"precision":"fp32","seed":0,"templates":["ask"]}""",
            settings.ToJsonString()
        );
    }

    [Fact]
    public void Without_names_preferences_are_learned_from_all_templates_that_have_pairs()
    {
        using var folder = new PipelineFolder();
        folder.Text = folder.Text.Replace("    templates: [ask, terse]\n", "", StringComparison.Ordinal);
        var settings = folder.Compile(Pairs, Objective).Plan.Find("train.instruct")!.Settings;
        Assert.Equal("""["ask"]""", settings["templates"]!.ToJsonString());
    }

    private const string Pairs = "templates.ask.rejected=' not {{ intent }}'";
    private const string Ask = "training[0].templates=[ask]";
    private const string Objective = "training[0].objective=preference";
}
