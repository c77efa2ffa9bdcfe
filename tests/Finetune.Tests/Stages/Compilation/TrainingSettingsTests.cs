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
}
