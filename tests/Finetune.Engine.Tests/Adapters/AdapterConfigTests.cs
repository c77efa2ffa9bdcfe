using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;

namespace Finetune.Engine.Tests.Adapters;

public sealed class AdapterConfigTests
{
    [Theory]
    [InlineData("use_dora", "true")]
    [InlineData("rank_pattern", "{\"q_proj\":8}")]
    [InlineData("alpha_pattern", "{\"q_proj\":8}")]
    [InlineData("modules_to_save", "[\"lm_head\"]")]
    [InlineData("bias", "\"lora_only\"")]
    [InlineData("peft_type", "\"IA3\"")]
    [InlineData("lora_bias", "true")]
    [InlineData("layers_to_transform", "[0]")]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("a_feature_of_tomorrow", "0.5")]
    [InlineData("r", "0")]
    [InlineData("r", "2.5")]
    [InlineData("lora_alpha", "\"8\"")]
    [InlineData("target_modules", "[]")]
    [InlineData("target_modules", "[\"query\"]")]
    [InlineData("target_modules", "\"nothing.*\"")]
    public void What_is_not_supported_is_refused_by_name_and_leaves_the_base_alone(string key, string value)
    {
        using var source = TinyModel.Folder();
        using var model = ModelFolder.Initialize(source.Path, 3);
        using var folder = Saved(source.Path, null);
        Change(folder.Path, json => json[key] = JsonNode.Parse(value));

        var error = Assert.Throws<ModelFileException>(() => LoraAdapter.Load(model, folder.Path));

        Assert.Equal(key, error.Field);
        Assert.False(LoraAdapter.IsOn(model));
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
    }

    [Theory]
    [InlineData("\"all-linear\"")]
    [InlineData("\".*_proj\"")]
    public void Targets_may_be_a_word_or_a_pattern(string targets)
    {
        using var source = TinyModel.Folder();
        using var model = ModelFolder.Initialize(source.Path, 3);
        using var folder = Saved(source.Path, null);
        Change(folder.Path, json => json["target_modules"] = JsonNode.Parse(targets));

        LoraAdapter.Load(model, folder.Path);

        Assert.True(LoraAdapter.IsOn(model));
    }

    [Fact]
    public void A_rank_that_the_weights_do_not_have_is_an_error_at_the_tensor()
    {
        using var source = TinyModel.Folder();
        using var model = ModelFolder.Initialize(source.Path, 3);
        using var folder = Saved(source.Path, null);
        Change(folder.Path, json => json["r"] = 5);

        var error = Assert.Throws<ModelFileException>(() => LoraAdapter.Load(model, folder.Path));

        Assert.EndsWith("lora_A.weight", error.Field, StringComparison.Ordinal);
        Assert.False(LoraAdapter.IsOn(model));
    }

    [Fact]
    public void Targets_are_written_as_short_as_they_stay_exact()
    {
        using var source = TinyModel.Folder();
        using var few = Saved(source.Path, ["q_proj", "v_proj"]);
        using var one = Saved(source.Path, ["layers.1.self_attn.q_proj"]);

        Assert.Equal("[\"q_proj\",\"v_proj\"]", Targets(few.Path));
        Assert.Equal("[\"model.layers.1.self_attn.q_proj\"]", Targets(one.Path));

        static string Targets(string folder) => Read(folder)["target_modules"]!.ToJsonString();
    }

    private static Scratch Saved(string source, IReadOnlyList<string>? targets)
    {
        using var model = ModelFolder.Initialize(source, 3);
        LoraAdapter.Attach(model, new LoraOptions(4, 8, 0, false, targets), 5);
        var folder = Scratch.New();
        LoraAdapter.Save(model, folder.Path, "base");
        return folder;
    }

    private static JsonNode Read(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")))!;

    private static void Change(string folder, Action<JsonNode> change)
    {
        var json = Read(folder);
        change(json);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), json.ToJsonString());
    }
}
