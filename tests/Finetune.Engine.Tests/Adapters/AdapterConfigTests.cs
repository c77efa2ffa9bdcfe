using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;

namespace Finetune.Engine.Tests.Adapters;

public sealed class AdapterConfigTests
{
    [Theory]
    [InlineData("modules_to_save", "[\"nowhere\"]")]
    [InlineData("peft_type", "\"IA3\"")]
    [InlineData("bias", "\"some\"")]
    [InlineData("lora_bias", "true")]
    [InlineData("layers_to_transform", "[\"first\"]")]
    [InlineData("rank_pattern", "[8]")]
    [InlineData("trainable_token_indices", "[1]")]
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

    [Theory]
    [InlineData("use_dora", "true", "lora_magnitude_vector")]
    [InlineData("rank_pattern", "{\"q_proj\":8}", "q_proj.lora_A.weight")]
    public void A_feature_that_the_weights_do_not_have_is_an_error_at_the_tensor(
        string key,
        string value,
        string tensor
    )
    {
        using var source = TinyModel.Folder();
        using var model = ModelFolder.Initialize(source.Path, 3);
        using var folder = Saved(source.Path, null);
        Change(folder.Path, json => json[key] = JsonNode.Parse(value));

        var error = Assert.Throws<ModelFileException>(() => LoraAdapter.Load(model, folder.Path));

        Assert.EndsWith(tensor, error.Field, StringComparison.Ordinal);
        Assert.False(LoraAdapter.IsOn(model));
    }

    [Fact]
    public void Everything_that_PEFT_trains_beside_pairs_is_written_and_read_back()
    {
        using var source = TinyModel.Folder();
        using var model = ModelFolder.Initialize(source.Path, 3);
        LoraAdapter.Attach(
            model,
            new LoraOptions(4, 8, 0, false, ["q_proj", "v_proj"])
            {
                Dora = true,
                RankPattern = [KeyValuePair.Create("layers.0.self_attn.q_proj", 2.0)],
                AlphaPattern = [KeyValuePair.Create("v_proj", 3.0)],
                ModulesToSave = ["norm"],
            },
            seed: 5
        );
        var norms = model.named_parameters().Where(p => p.name.Contains("norm", StringComparison.Ordinal)).ToList();
        Assert.All(norms, p => Assert.True(p.parameter.requires_grad));
        using (TorchSharp.torch.no_grad())
        {
            norms[0].parameter.mul_(2);
        }

        using var folder = Scratch.New();
        LoraAdapter.Save(model, folder.Path, "base");
        using var again = ModelFolder.Initialize(source.Path, 3);
        LoraAdapter.Load(again, folder.Path);

        Assert.Equal(
            model.named_parameters().Select(p => (p.name, p.parameter.requires_grad, p.parameter.sum().item<float>())),
            again.named_parameters().Select(p => (p.name, p.parameter.requires_grad, p.parameter.sum().item<float>()))
        );
        LoraAdapter.Remove(again);
        using var fresh = ModelFolder.Initialize(source.Path, 3);
        Assert.Equal(
            fresh.named_parameters().Select(p => (p.name, p.parameter.sum().item<float>())),
            again.named_parameters().Select(p => (p.name, p.parameter.sum().item<float>()))
        );
    }

    [Theory]
    [InlineData("[0]", null, "model.layers.0.self_attn.q_proj")]
    [InlineData("1", "\"layers\"", "model.layers.1.self_attn.q_proj")]
    public void Layers_may_be_numbered(string layers, string? pattern, string only)
    {
        using var source = TinyModel.Folder();
        using var model = ModelFolder.Initialize(source.Path, 3);
        LoraAdapter.Attach(model, new LoraOptions(2, 4, 0, false, [only]), seed: 1);
        using var folder = Scratch.New();
        LoraAdapter.Save(model, folder.Path, "base");
        Change(
            folder.Path,
            json =>
            {
                json["target_modules"] = JsonNode.Parse("[\"q_proj\"]");
                json["layers_to_transform"] = JsonNode.Parse(layers);
                json["layers_pattern"] = pattern is null ? null : JsonNode.Parse(pattern);
            }
        );
        using var again = ModelFolder.Initialize(source.Path, 3);

        LoraAdapter.Load(again, folder.Path);

        Assert.Equal(
            [$"{only}.lora_A.weight", $"{only}.lora_B.weight"],
            again.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name)
        );
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
        using var crossed = Saved(source.Path, ["layers.0.self_attn.q_proj", "layers.1.self_attn.v_proj"]);

        Assert.Equal("[\"q_proj\",\"v_proj\"] ", Targets(few.Path));
        Assert.Equal("[\"q_proj\"] [1]", Targets(one.Path));
        Assert.Equal(
            "[\"model.layers.0.self_attn.q_proj\",\"model.layers.1.self_attn.v_proj\"] ",
            Targets(crossed.Path)
        );

        static string Targets(string folder) =>
            $"{Read(folder)["target_modules"]!.ToJsonString()} {Read(folder)["layers_to_transform"]?.ToJsonString()}";
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
