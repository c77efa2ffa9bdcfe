using System.Text.Json.Nodes;
using Finetune.Engine.Models;

namespace Finetune.Engine.Tests.Models;

public sealed class ModelConfigTests
{
    [Theory]
    [InlineData("hidden_size", "0")]
    [InlineData("hidden_size", "\"16\"")]
    [InlineData("num_attention_heads", "6")]
    [InlineData("num_key_value_heads", "3")]
    [InlineData("head_dim", "5")]
    [InlineData("rms_norm_eps", "\"small\"")]
    [InlineData("hidden_act", "\"mish\"")]
    [InlineData("tie_word_embeddings", "1")]
    [InlineData("pad_token_id", "40")]
    [InlineData("eos_token_id", "\"</s>\"")]
    [InlineData("rope_theta", "-1")]
    [InlineData("quantization_config", "{\"bits\":4}")]
    [InlineData("model_type", "\"lama\"")]
    [InlineData("attention_dropout", "0.1")]
    [InlineData("rope_interleaved", "true")]
    [InlineData("partial_rotary_factor", "0.5")]
    [InlineData("logits_scaling", "8.0")]
    [InlineData("a_key_of_tomorrow", "2")]
    public void A_key_that_would_change_numbers_is_an_error_by_name(string key, string value)
    {
        using var folder = TinyModel.Folder(c => c[key] = JsonNode.Parse(value));

        var error = Assert.Throws<ModelFileException>(() => ModelFolder.Outline(folder.Path));

        Assert.Equal(key, error.Field);
        Assert.EndsWith("config.json", error.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"rope_type\":\"ntk\",\"factor\":4.0}", "rope_scaling.rope_type")]
    [InlineData("{\"type\":\"dynamic\"}", "rope_scaling.factor")]
    [InlineData("{\"rope_type\":\"yarn\",\"factor\":4.0,\"gamma\":2}", "rope_scaling.gamma")]
    [InlineData("{\"type\":\"longrope\",\"short_factor\":[1,1]}", "rope_scaling.long_factor")]
    [InlineData("{\"type\":\"longrope\",\"short_factor\":[1]}", "rope_scaling.short_factor")]
    [InlineData("{\"rope_type\":\"default\",\"partial_rotary_factor\":0.5}", "rope_scaling.partial_rotary_factor")]
    [InlineData("{\"rope_type\":\"linear\"}", "rope_scaling.factor")]
    [InlineData("{\"rope_type\":\"llama3\",\"factor\":8.0}", "rope_scaling.low_freq_factor")]
    [InlineData("{\"rope_type\":\"linear\",\"factor\":2.0,\"mscale\":0.7}", "rope_scaling.mscale")]
    public void A_rope_scaling_is_understood_whole_or_refused(string scaling, string field)
    {
        using var folder = TinyModel.Folder(c => c["rope_scaling"] = JsonNode.Parse(scaling));

        Assert.Equal(field, Assert.Throws<ModelFileException>(() => ModelFolder.Outline(folder.Path)).Field);
    }

    [Theory]
    [InlineData("{\"type\":\"linear\",\"factor\":2}")]
    [InlineData("{\"rope_type\":\"default\"}")]
    [InlineData("null")]
    public void Known_scalings_and_irrelevant_keys_pass(string scaling)
    {
        using var folder = TinyModel.Folder(c =>
        {
            c["rope_scaling"] = JsonNode.Parse(scaling);
            c["use_cache"] = true;
            c["architectures"] = new JsonArray("LlamaForCausalLM");
            c["sliding_window"] = null;
        });

        using var model = ModelFolder.Outline(folder.Path);

        Assert.Equal(40, model.Shape.VocabularySize);
    }

    [Fact]
    public void End_of_sequence_ids_are_those_of_both_files()
    {
        using var folder = TinyModel.Folder(c => c["eos_token_id"] = new JsonArray(2, 3));
        File.WriteAllText(Path.Combine(folder.Path, "generation_config.json"), """{"eos_token_id":[3,5]}""");

        using var model = ModelFolder.Outline(folder.Path);

        Assert.Equal([2, 3, 5], model.Shape.EosIds);
    }

    [Fact]
    public void The_README_names_every_family()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Pipeline.sln")))
        {
            at = at.Parent;
        }

        var text = File.ReadAllText(Path.Combine(at.FullName, "README.md"));
        Assert.All(ModelFamilies.Names, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Duplicate_keys_are_an_error()
    {
        using var folder = TinyModel.Folder();
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), """{"model_type":"llama","model_type":"llama"}""");

        Assert.Throws<ModelFileException>(() => ModelFolder.Outline(folder.Path));
    }
}
